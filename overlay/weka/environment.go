package weka

import (
	"os"

	"github.com/hotcold-go/hotcold/overlay/internal/connect"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// FromEnv reads, when New runs, the environment that the vendor's command line
// reads. Options given beside it win, and so does an address.
//
//	WEKA_HOST, WEKA_PORT          the address, or several with commas between, if
//	                              New is given an empty one; the port counts where
//	                              WEKA_HOST names none
//	WEKA_USERNAME, WEKA_PASSWORD  as WithPassword; both or none
//	WEKA_ORG                      as WithOrganization, for a login with a password
//	WEKA_TOKEN                    the path of a token file, as WithTokenFile; it is
//	                              not a token
//
// Without a user and without WEKA_TOKEN it takes ~/.weka/auth-token.json if that is
// there. It never falls back to a default password, as the command line does.
func FromEnv() Option { return func(s *settings) { s.FromEnv(s.fillFromEnv) } }

// addressFromEnv is the address of the environment, or several.
func addressFromEnv() connect.Given {
	return connect.Given{Text: os.Getenv("WEKA_HOST"), Port: os.Getenv("WEKA_PORT"), From: " in WEKA_HOST and WEKA_PORT"}
}

// fillFromEnv takes from the environment what no option gave.
func (s *settings) fillFromEnv() error {
	if s.Has("WithAccessToken", "WithTokenFunc", "WithTokenFile", "WithTokenProfile") {
		return nil
	}
	if s.Password == nil {
		if err := s.fillPassword(); err != nil {
			return err
		}
	}
	if s.Password != nil && s.organization == "" {
		s.organization = os.Getenv("WEKA_ORG")
	}
	if s.Password != nil || s.Keeps() {
		return nil
	}
	return s.fillFile()
}

func (s *settings) fillPassword() error {
	user, password := os.Getenv("WEKA_USERNAME"), os.Getenv("WEKA_PASSWORD")
	if (user == "") != (password == "") {
		return product.Invalid("FromEnv: WEKA_USERNAME and WEKA_PASSWORD go together, and one of them is empty: set both or none")
	}
	if user != "" {
		s.HoldPassword(user, password)
	}
	return nil
}

// fillFile does not show WEKA_TOKEN: somebody may have put a token there.
func (s *settings) fillFile() error {
	if path := os.Getenv("WEKA_TOKEN"); path != "" {
		if !isFile(path) {
			return product.Invalid("FromEnv: WEKA_TOKEN must be the path of a token file, and no file is there")
		}
		s.keepInFile(path)
		return nil
	}
	if path, err := profilePath(""); err == nil && isFile(path) {
		s.keepInFile(path)
		return nil
	}
	return product.Invalid("FromEnv: %w: set WEKA_USERNAME and WEKA_PASSWORD, or WEKA_TOKEN to the path of a token file", token.ErrNoCredentials)
}

func isFile(path string) bool {
	info, err := os.Stat(path) //nolint:gosec // the caller names the file
	return err == nil && !info.IsDir()
}
