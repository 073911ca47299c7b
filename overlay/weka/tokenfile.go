package weka

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/token"
)

// isProfileName keeps a profile to a file beside the others.
func isProfileName(name string) bool {
	return 0 < len(name) && len(name) <= 50 && strings.Trim(name, nameBytes) == ""
}

const nameBytes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

// profilePath is where the vendor's command line keeps the session of a profile,
// "" being the one without a name. Without a home folder there is none: a path
// below the current folder could be somebody else's.
func profilePath(profile string) (string, error) {
	home, err := os.UserHomeDir()
	if err != nil || !filepath.IsAbs(home) {
		return "", errors.New("there is no home folder for the token file: set HOME, or give the path with WithTokenFile")
	}
	name := "auth-token.json"
	if profile != "" {
		name = "auth-token-" + profile + ".json"
	}
	return filepath.Join(home, ".weka", name), nil
}

func (s *settings) keepInProfile(profile string) {
	path, err := profilePath(profile)
	if err != nil {
		s.Refuse("%v", err)
		return
	}
	s.keepInFile(path)
}

func (s *settings) keepInFile(path string) {
	absolute, err := filepath.Abs(path) // or it would move when the program changes its folder
	if err != nil {
		s.Refuse("WithTokenFile: the path is relative, and there is no current folder: give it in full")
	}
	s.KeepIn(token.NewFileStore(absolute, fileCodec{}))
}

// fileCodec is the form of the vendor's token file: the two tokens and their type,
// no address and no expiry.
type fileCodec struct{}

// errNoTokenFile has no cause, which would quote the file.
var errNoTokenFile = errors.New("not a token file")

// Decode reads the file; whose it is, it does not say. It takes the members by their
// exact names: in a struct, encoding/json would let another spelling, which Encode
// keeps, win over what Encode wrote.
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
	t := token.Token{Access: token.NewSecret(access), Refresh: token.NewSecret(refresh)}
	t.Issued, t.Expiry = token.JWTTimes(t.Access)
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
