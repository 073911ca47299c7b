package ngenea

import (
	"os"

	"github.com/hotcold-go/hotcold/overlay/internal/connect"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// FromEnv reads the environment when New runs. Options given beside it win, and so does
// an address.
//
//	NGENEA_URL                        the address, if New is given an empty one
//	NGENEA_CLIENT_KEY                 as WithClientKey
//	NGENEA_USERNAME, NGENEA_PASSWORD  as WithPassword; both or none
//
// Where there are both a key and a password, the key is used: it is the one made for
// programs. A client that keeps its session ([WithTokenCache], [WithTokenStore]) takes
// the password.
func FromEnv() Option { return func(s *settings) { s.FromEnv(s.fillFromEnv) } }

// addressFromEnv is the address of the environment.
func addressFromEnv() connect.Given {
	return connect.Given{Text: os.Getenv("NGENEA_URL"), From: " in NGENEA_URL"}
}

// fillFromEnv takes from the environment what no option gave.
func (s *settings) fillFromEnv() error {
	if s.Has("WithClientKey", "WithAccessToken", "WithTokenFunc", "WithPassword", "WithPasswordFunc") {
		return nil
	}
	key, user, password := os.Getenv("NGENEA_CLIENT_KEY"), os.Getenv("NGENEA_USERNAME"), os.Getenv("NGENEA_PASSWORD")
	switch {
	case (user == "") != (password == ""):
		return product.Invalid("FromEnv: NGENEA_USERNAME and NGENEA_PASSWORD go together, and one of them is empty: set both or none")
	case user != "" && (key == "" || s.Keeps()):
		s.HoldPassword(user, password)
	case key != "":
		s.clientKey = token.NewSecret(key)
	case !s.Keeps():
		return product.Invalid("FromEnv: %w: set NGENEA_CLIENT_KEY, or NGENEA_USERNAME and NGENEA_PASSWORD", ErrNoCredentials)
	}
	return nil
}
