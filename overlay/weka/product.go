package weka

import "github.com/hotcold-go/hotcold/overlay/internal/connect"

// product is what the shared account of addresses and options is told of WEKA.
var product = connect.Product{
	Caller:         "weka.New",
	Port:           "14000", // every backend serves the API there
	BasePath:       "/api/v2",
	Examples:       "weka01, weka01:14000 or https://weka01:14000",
	FromEnv:        "FromEnv() and WEKA_HOST",
	AddressFromEnv: addressFromEnv,
	SessionOptions: []string{"WithTokenFile", "WithTokenProfile"},
	LoginOptions:   []string{"WithOrganization"},
}
