package token

import (
	"bytes"
	"encoding/json"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// Codec is the format of a token file: see [NewFileStore].
type Codec interface {
	// Decode returns the token of id in data, at most 1 MiB, or the zero Token if data
	// belongs to another identity. An error means that data is not a token file; a
	// [FileStore] treats it as missing. A Token with a Lifetime and without the time of
	// issue counts as issued when the file was written.
	Decode(data []byte, id Identity) (Token, error)

	// Encode returns the file with the token t of id. old is the present content, nil if
	// there is none; members of it that the Codec does not know must be kept, as by
	// [KeepUnknown].
	Encode(old []byte, id Identity, t Token) ([]byte, error)
}

// JSONCodec is the [Codec] of [NewCache], and encodes entries for a [Store] of your
// own: a JSON object with the identity, the tokens, their times (0001-01-01T00:00:00Z
// for unknown or unlimited) and the last [Rejection]. The bytes are as secret as the
// tokens. Pass the present bytes to Encode as old, or members that a later release
// added are lost.
type JSONCodec struct{}

// Decode implements [Codec]. Member names are case-sensitive, unlike in encoding/json.
func (JSONCodec) Decode(data []byte, id Identity) (Token, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return Token{}, err
	}
	var owner Identity
	var t Token
	var access, refresh, credentials string
	for name, into := range map[string]any{
		"system":               &owner.System,
		"cluster":              &owner.Cluster,
		"endpoints":            &owner.Endpoints,
		"user":                 &owner.User,
		"organization":         &owner.Organization,
		"access_token":         &access,
		"refresh_token":        &refresh,
		"token_type":           &t.Scheme,
		"issued_at":            &t.Issued,
		"expires_at":           &t.Expiry,
		"rejected_at":          &t.Rejection.At,
		"rejected_until":       &t.Rejection.Until,
		"rejected_credentials": &credentials,
	} {
		if text, ok := members[name]; ok {
			if err := json.Unmarshal(text, into); err != nil {
				return Token{}, err
			}
		}
	}
	if !owner.equal(id.normalised()) {
		return Token{}, nil // the file's name depends on the identity too, but files get copied
	}
	t.Access, t.Refresh = api.NewSecret(access), api.NewSecret(refresh)
	t.Rejection.Credentials = api.NewSecret(credentials)
	if !t.hasSession() && !t.Rejection.IsZero() {
		return t, nil
	}
	return t, t.check()
}

// Encode implements [Codec].
func (JSONCodec) Encode(old []byte, id Identity, t Token) ([]byte, error) {
	id = id.normalised()
	return KeepUnknown(old, map[string]any{
		"system":               id.System,
		"cluster":              id.Cluster,
		"endpoints":            id.Endpoints,
		"user":                 id.User,
		"organization":         id.Organization,
		"access_token":         t.Access.Reveal(),
		"refresh_token":        t.Refresh.Reveal(),
		"token_type":           t.Scheme,
		"issued_at":            t.Issued.UTC(),
		"expires_at":           t.Expiry.UTC(),
		"rejected_at":          t.Rejection.At.UTC(),
		"rejected_until":       t.Rejection.Until.UTC(),
		"rejected_credentials": t.Rejection.Credentials.Reveal(),
	})
}

// KeepUnknown returns the JSON object old with the members of known set and all others
// unchanged. If old is not a JSON object, the result has the members of known only.
func KeepUnknown(old []byte, known map[string]any) ([]byte, error) {
	var members map[string]json.RawMessage
	if _ = json.Unmarshal(old, &members); members == nil { // an error leaves it nil
		members = map[string]json.RawMessage{}
	}
	for name, value := range known {
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		members[name] = text
	}
	// Not indented: deep nesting would make a small file very large.
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(members)
	return text.Bytes(), err
}
