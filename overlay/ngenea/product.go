package ngenea

import (
	"slices"

	"github.com/hotcold-go/hotcold/overlay/internal/connect"
)

// product is what the shared account of addresses and options is told of the Hub.
var product = connect.Product{
	Caller:         "ngenea.New",
	BasePath:       "/api",
	Examples:       "hub.example.com, hub.example.com:8000 or https://hub.example.com",
	FromEnv:        "FromEnv() and NGENEA_URL",
	Switches:       []string{"FromEnv"},
	Contradictions: contradictions,
}

// The options that give a password, and those that say where a session is kept.
var (
	passwordOptions = []string{"WithPassword", "WithPasswordFunc"}
	sessionOptions  = []string{"WithTokenCache", "WithTokenStore"}
)

// contradictions are the Hub's own, beside those of connect.
var contradictions = []connect.Contradiction{
	{One: passwordOptions, Other: passwordOptions, Advice: "give one password"},
	{One: sessionOptions, Other: sessionOptions, Advice: "the session is kept in one place"},
	{
		One:    []string{"WithClientKey"},
		Other:  slices.Concat([]string{"WithAccessToken", "WithTokenFunc"}, passwordOptions, sessionOptions),
		Advice: "a client key is sent with every call as it is, and there is no session beside it: make two clients",
	},
	{
		One:    []string{"WithAccessToken"},
		Other:  slices.Concat([]string{"WithTokenFunc"}, passwordOptions, sessionOptions),
		Advice: "a given token is used as it is, and never renewed or kept",
	},
	{
		// Nobody knows whose tokens a function yields: in a cache they could reach
		// another user's client.
		One:    []string{"WithTokenFunc"},
		Other:  slices.Concat(passwordOptions, sessionOptions),
		Advice: "the function answers for the tokens, and for keeping them",
	},
}
