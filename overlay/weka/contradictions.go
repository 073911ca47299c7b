package weka

import (
	"slices"

	"github.com/hotcold-go/hotcold/overlay/internal/connect"
)

// The options that give a password, and those that say where a session is kept.
var (
	passwordOptions = []string{"WithPassword", "WithPasswordFunc"}
	sessionOptions  = []string{"WithTokenFile", "WithTokenProfile", "WithTokenCache", "WithTokenStore"}
)

// contradictions are WEKA's own, beside those of connect.
var contradictions = []connect.Contradiction{
	{One: passwordOptions, Other: passwordOptions, Advice: "give one password"},
	{One: sessionOptions, Other: sessionOptions, Advice: "the session is kept in one place"},
	{
		One:    []string{"WithAccessToken"},
		Other:  slices.Concat([]string{"WithTokenFunc", "WithOrganization"}, passwordOptions, sessionOptions),
		Advice: "a given token is used as it is, and never renewed or kept",
	},
	{
		// Nobody knows whose tokens a function yields: in a cache they could reach
		// another user's client.
		One:    []string{"WithTokenFunc"},
		Other:  slices.Concat([]string{"WithOrganization"}, passwordOptions, sessionOptions),
		Advice: "the function answers for the tokens, and for keeping them",
	},
}
