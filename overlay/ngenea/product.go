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
	AddressFromEnv: addressFromEnv,
	Contradictions: []connect.Contradiction{{
		One:    []string{"WithClientKey"},
		Other:  slices.Concat([]string{"WithAccessToken", "WithTokenFunc"}, connect.PasswordOptions, connect.SessionOptions),
		Advice: "a client key is sent with every call as it is, and there is no session beside it: make two clients",
	}},
}
