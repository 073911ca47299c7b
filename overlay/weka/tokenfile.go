package weka

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/internal/connect"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// isProfileName keeps the file of a profile in its folder.
func isProfileName(name string) bool {
	return 0 < len(name) && len(name) <= 50 && strings.Trim(name, nameBytes) == ""
}

const nameBytes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

// profilePath is where the vendor's command line keeps the session of a profile, "" for
// the default one. There is none without a home folder, since the current one may belong
// to another user.
func profilePath(profile string) (string, error) {
	home, err := os.UserHomeDir()
	if err != nil || !filepath.IsAbs(home) {
		return "", errors.New("there is no home folder for the token file: set HOME, or pass the path to WithTokenFile")
	}
	name := "auth-token.json"
	if profile != "" {
		name = "auth-token-" + profile + ".json"
	}
	return filepath.Join(home, ".weka", name), nil
}

// setTokenFile stores the option of a path, or of a profile if path is empty.
func setTokenFile(s *connect.Settings, option, path, profile string) {
	var err error
	if path == "" {
		path, err = profilePath(profile)
	} else {
		path, err = filepath.Abs(path) // a relative one would move with the program's folder
	}
	if err != nil {
		s.Reject("%s: %v", option, err)
	}
	connect.Set(s, &s.TokenFile, option, path)
}

// fileCodec reads and writes the vendor's token file: two tokens and their type, without
// an address or an expiry.
type fileCodec struct{}

// errNoTokenFile has no cause, since that would quote the file.
var errNoTokenFile = errors.New("not a token file")

// Decode reads members by their exact names. With a struct, encoding/json would prefer
// another spelling, which Encode keeps, to what Encode wrote.
func (fileCodec) Decode(data []byte, _ token.Identity) (token.Token, error) {
	var members map[string]json.RawMessage
	if json.Unmarshal(data, &members) != nil {
		return token.Token{}, errNoTokenFile
	}
	var access, refresh string
	for name, into := range map[string]*string{"access_token": &access, "refresh_token": &refresh} {
		if text, ok := members[name]; ok && json.Unmarshal(text, into) != nil {
			return token.Token{}, errNoTokenFile
		}
	}
	t := token.Token{Access: api.NewSecret(access), Refresh: api.NewSecret(refresh)}
	if issued, expiry := token.JWTTimes(t.Access); !issued.IsZero() && expiry.After(issued) {
		t.Lifetime = expiry.Sub(issued) // alone, either would depend on the cluster's clock
	}
	return t, nil
}

// Encode writes the tokens into the file and keeps its other members.
func (fileCodec) Encode(old []byte, _ token.Identity, t token.Token) ([]byte, error) {
	return token.KeepUnknown(old, map[string]any{
		"access_token":  t.Access.Reveal(),
		"refresh_token": t.Refresh.Reveal(),
		"token_type":    "Bearer",
	})
}
