package weka

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"

	"github.com/hotcold-go/hotcold/overlay/token"
)

var profileName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,50}$`)

func validProfile(name string) bool { return profileName.MatchString(name) }

// tokenFileOf is where the vendor's command line keeps the session of a profile,
// "" being the one without a name. Without a home folder the path is relative, and
// reading it says that it is not there.
func tokenFileOf(profile string) string {
	home, _ := os.UserHomeDir()
	name := "auth-token.json"
	if profile != "" {
		name = "auth-token-" + profile + ".json"
	}
	return filepath.Join(home, ".weka", name)
}

// fileCodec is the form of the vendor's token file: the two tokens and their type,
// no address and no expiry.
type fileCodec struct{}

type fileEntry struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
}

// Decode reads the file; whose it is, it does not say.
func (fileCodec) Decode(data []byte, _ token.Identity) (token.Token, error) {
	var entry fileEntry
	if err := json.Unmarshal(data, &entry); err != nil {
		return token.Token{}, errors.New("not a token file") // the cause would quote the file
	}
	access := token.NewSecret(entry.AccessToken)
	t := token.Token{Access: access, Refresh: token.NewSecret(entry.RefreshToken)}
	t.Issued, t.Expiry = token.JWTTimes(access)
	return t, nil
}

// Encode writes the tokens into the file and keeps what else is in it.
func (fileCodec) Encode(old []byte, _ token.Identity, t token.Token) ([]byte, error) {
	return token.KeepUnknown(old, map[string]any{
		"access_token":  t.Access.Reveal(),
		"refresh_token": t.Refresh.Reveal(),
		"token_type":    "Bearer",
	})
}
