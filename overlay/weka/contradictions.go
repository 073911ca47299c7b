package weka

import "slices"

// The options that give a password, and those that say where a session is kept.
var (
	passwordOptions = []string{"WithPassword", "WithPasswordFunc"}
	sessionOptions  = []string{"WithTokenFile", "WithTokenProfile", "WithTokenCache", "WithTokenStore"}
)

// switches are the options that say the same when they are given again.
var switches = []string{"FromEnv", "AllowPlainHTTP", "WithInsecureSkipVerify"}

// contradictions are the options that do not go together: none of one with another
// of other.
var contradictions = []struct {
	one, other []string
	advice     string
}{
	{passwordOptions, passwordOptions, "give one password"},
	{sessionOptions, sessionOptions, "the session is kept in one place"},
	{
		[]string{"WithAccessToken"},
		slices.Concat([]string{"WithTokenFunc", "WithOrganization"}, passwordOptions, sessionOptions),
		"a given token is used as it is, and never renewed or kept",
	},
	{
		// Nobody knows whose tokens a function yields: in a cache they could reach
		// another user's client.
		[]string{"WithTokenFunc"},
		slices.Concat([]string{"WithOrganization"}, passwordOptions, sessionOptions),
		"the function answers for the tokens, and for keeping them",
	},
	{[]string{"WithTransport"}, []string{"WithCAFile", "WithInsecureSkipVerify"}, "a transport brings its own TLS settings"},
	{[]string{"WithCAFile"}, []string{"WithInsecureSkipVerify"}, "either the certificate is checked or it is not"},
}
