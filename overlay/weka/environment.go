package weka

import (
	"net"
	"os"

	"github.com/hotcold-go/hotcold/overlay/token"
)

// FromEnv reads, when New runs, the environment that the vendor's command line
// reads. Options given beside it win, and so does an address.
//
//	WEKA_HOST, WEKA_PORT          the address, if New is given an empty one
//	WEKA_USERNAME, WEKA_PASSWORD  as WithPassword; both or none
//	WEKA_ORG                      as WithOrganization
//	WEKA_TOKEN                    the path of a token file, as WithTokenFile; it is
//	                              not a token
//
// Without a user and without WEKA_TOKEN it takes ~/.weka/auth-token.json if that is
// there. It never falls back to a default password, as the command line does.
func FromEnv() Option {
	return func(s *settings) { s.fromEnv = true }
}

// addressFromEnv is the address of the environment, "" if it has none.
func addressFromEnv() string {
	host := os.Getenv("WEKA_HOST")
	if port := os.Getenv("WEKA_PORT"); host != "" && port != "" {
		return net.JoinHostPort(host, port)
	}
	return host
}

// fill takes from the environment what no option gave.
func (c *credentials) fill() error {
	if c.password != nil || c.hasAccessToken || c.yield != nil || c.tokenFile != "" {
		return nil
	}
	user, password := os.Getenv("WEKA_USERNAME"), os.Getenv("WEKA_PASSWORD")
	switch {
	case user != "" && password != "":
		var s settings
		WithPassword(user, password)(&s)
		c.user, c.password = s.user, s.password
		if c.organization == "" {
			c.organization = os.Getenv("WEKA_ORG")
		}
		return nil
	case user != "" || password != "":
		return invalidOption("FromEnv: WEKA_USERNAME and WEKA_PASSWORD go together, and one of them is empty")
	}
	if path := os.Getenv("WEKA_TOKEN"); path != "" {
		if _, err := os.Stat(path); err != nil {
			return invalidOption("FromEnv: WEKA_TOKEN must be the path of a token file, and no file is there")
		}
		c.tokenFile = path
		return nil
	}
	if path := tokenFileOf(""); fileExists(path) && c.store == nil {
		c.tokenFile = path
		return nil
	}
	if c.store == nil {
		return invalidOption("FromEnv: %w: set WEKA_USERNAME and WEKA_PASSWORD, or WEKA_TOKEN to the path of a token file", token.ErrNoCredentials)
	}
	return nil
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
