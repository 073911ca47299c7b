package token

import (
	"bytes"
	"encoding/json"
	"path/filepath"
)

// Codec is the form of one kind of token file. Data is never more than 1 MiB.
type Codec interface {
	// Decode reads the token that data holds for id; the zero Token if it is bound to
	// another identity. An error means that data is no token file, which a [FileStore]
	// takes as no token.
	Decode(data []byte, id Identity) (Token, error)

	// Encode writes t for id. old is the file as it is, nil if there is none: what
	// Encode does not know of it, it keeps. See [KeepUnknown].
	Encode(old []byte, id Identity, t Token) ([]byte, error)
}

// NewCache returns a store of this package's own form in the folder dir: one file
// an identity, named by its [Identity.Key], in the form of [JSONCodec]. The folder is
// made (0700) when something is first stored.
func NewCache(dir string) *FileStore {
	return &FileStore{
		path:  func(id Identity) string { return filepath.Join(dir, id.Key()+".json") },
		codec: JSONCodec{},
	}
}

// JSONCodec is the form in which [NewCache] keeps entries: a JSON object with the
// identity, the tokens and their times (the zero time for unknown or never), and the
// last refusal. A Store of one's own that keeps its bytes keeps all there is to keep,
// also of what a later release adds. They are as secret as the tokens.
type JSONCodec struct{}

// Decode implements [Codec]. It takes the members by their exact names, where
// encoding/json would let a member in another letter case win.
func (JSONCodec) Decode(data []byte, id Identity) (Token, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return Token{}, err
	}
	var owner Identity
	var t Token
	var access, refresh, credentials string
	for name, into := range map[string]any{
		"system":              &owner.System,
		"cluster":             &owner.Cluster,
		"endpoints":           &owner.Endpoints,
		"user":                &owner.User,
		"organization":        &owner.Organization,
		"access_token":        &access,
		"refresh_token":       &refresh,
		"token_type":          &t.Scheme,
		"issued_at":           &t.Issued,
		"expires_at":          &t.Expiry,
		"refused_at":          &t.Refusal.At,
		"refused_until":       &t.Refusal.Until,
		"refused_credentials": &credentials,
	} {
		if text, ok := members[name]; ok {
			if err := json.Unmarshal(text, into); err != nil {
				return Token{}, err
			}
		}
	}
	if !owner.equal(id.normalised()) {
		return Token{}, nil // a file's name says it too, but files get copied
	}
	t.Access, t.Refresh = NewSecret(access), NewSecret(refresh)
	t.Refusal.Credentials = NewSecret(credentials)
	if !t.hasSession() && !t.Refusal.IsZero() {
		return t, nil
	}
	return t, t.check()
}

// Encode implements [Codec].
func (JSONCodec) Encode(old []byte, id Identity, t Token) ([]byte, error) {
	id = id.normalised()
	return KeepUnknown(old, map[string]any{
		"system":              id.System,
		"cluster":             id.Cluster,
		"endpoints":           id.Endpoints,
		"user":                id.User,
		"organization":        id.Organization,
		"access_token":        t.Access.Reveal(),
		"refresh_token":       t.Refresh.Reveal(),
		"token_type":          t.Scheme,
		"issued_at":           t.Issued.UTC(),
		"expires_at":          t.Expiry.UTC(),
		"refused_at":          t.Refusal.At.UTC(),
		"refused_until":       t.Refusal.Until.UTC(),
		"refused_credentials": t.Refusal.Credentials.Reveal(),
	})
}

// KeepUnknown returns the JSON object old with the members of known set, and those
// it does not name as they were. What is no JSON object is replaced.
func KeepUnknown(old []byte, known map[string]any) ([]byte, error) {
	members := map[string]json.RawMessage{}
	if json.Unmarshal(old, &members) != nil || members == nil {
		members = map[string]json.RawMessage{}
	}
	for name, value := range known {
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		members[name] = text
	}
	// Not indented: deep nesting would make a small file enormous.
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(members)
	return text.Bytes(), err
}
