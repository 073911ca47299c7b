package connect

import "slices"

// Contradiction says that none of the options One goes with another of Other.
type Contradiction struct {
	One, Other []string
	Advice     string // what is right in place of them
}

// The shared options that give a password, and those that say where a session is kept.
var (
	PasswordOptions = []string{"WithPassword", "WithPasswordFunc"}
	SessionOptions  = []string{"WithTokenCache", "WithTokenStore"}
)

// contradictions are the options of a front door that do not go together.
func (p *Product) contradictions() []Contradiction {
	sessions := slices.Concat(SessionOptions, p.SessionOptions)
	logins := slices.Concat(PasswordOptions, p.LoginOptions, sessions)
	return slices.Concat(p.Contradictions, wireContradictions, []Contradiction{
		{One: PasswordOptions, Other: PasswordOptions, Advice: "give one password"},
		{One: sessions, Other: sessions, Advice: "the session is kept in one place"},
		{
			One: []string{"WithAccessToken"}, Other: append([]string{"WithTokenFunc"}, logins...),
			Advice: "a given token is used as it is, and never renewed or kept",
		},
		{
			// Nobody knows whose tokens a function yields: in a cache they could reach
			// another user's client.
			One: []string{"WithTokenFunc"}, Other: logins,
			Advice: "the function answers for the tokens, and for keeping them",
		},
	})
}

var wireContradictions = []Contradiction{
	{
		One: []string{"WithTransport", "WithHTTPClient"},
		Other: []string{
			"WithTransport", "WithHTTPClient", "WithCAFile", "WithPinnedCertificate", "WithInsecureSkipVerify", "WithProxy",
		},
		Advice: "a transport brings its own settings of TLS and proxies",
	},
	{
		One:    []string{"WithCAFile", "WithPinnedCertificate"},
		Other:  []string{"WithInsecureSkipVerify"},
		Advice: "either the certificate is checked or it is not",
	},
	{
		One: []string{"WithCAFile"}, Other: []string{"WithPinnedCertificate"},
		Advice: "a pinned certificate is believed whoever signed it",
	},
}
