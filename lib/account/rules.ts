/** How long a link that was sent by mail is good for, in minutes. */
export const LINK_MINUTES = 30;

/** What happened to an account, in words; the action is what the audit entry says. */
const WORDS: Record<string, string> = {
  "session.start": "Signed in",
  "session.sign_out": "Signed out",
  "session.end": "Ended a session",
  "session.end_others": "Ended all other sessions",
  "session.end_all": "Signed out everywhere",
  "password.refuse": "A wrong password was given",
  "password.change": "Changed the password",
  "password.set": "Set a password",
  "password.ask_reset": "A link to a new password was asked for",
  "password.reset": "Set a new password with a link",
  "email.ask": "Asked for a link to verify an address",
  "email.verify": "Verified the e-mail address",
  "email.change": "Changed the e-mail address",
  "email.cancel": "Took back the change of the e-mail address",
  "profile.edit": "Changed the name",
  "person.create": "Made the account",
  "totp.turn_on": "Turned on the authenticator app",
  "totp.replace": "Replaced the authenticator app",
  "totp.turn_off": "Turned off the authenticator app",
  "recovery_codes.renew": "Made new recovery codes",
  "recovery_code.use": "Used a recovery code",
  "second_factor.give": "Gave the second factor",
  "second_factor.refuse": "A wrong second factor was given",
  "second_factor.reset": "The second factors were removed by whoever runs the installation",
  "passkey.add": "Added a passkey",
  "passkey.rename": "Renamed a passkey",
  "passkey.remove": "Removed a passkey",
  "passkey.refuse": "A passkey was refused",
  "identity.link": "Linked an identity provider",
  "identity.unlink": "Unlinked an identity provider",
  "token.mint": "Made an access token",
  "token.rotate": "Replaced the secret of an access token",
  "token.revoke": "Revoked an access token",
};

/** Attempts that did not work: worth a look when they were not one's own. */
export const isRefusal = (action: string): boolean => action.endsWith(".refuse");

/** What happened, in words for the person; an action without words is told by its name. */
export const activityWords = (action: string): string => WORDS[action] ?? action.replaceAll(/[._]/g, " ");
