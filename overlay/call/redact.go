package call

import (
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/hotcold-go/hotcold/overlay/internal/redact"
)

// SecretsOf returns the secrets that a request carries in its headers, address, query and
// body, and those of the proxy that it goes through. It is for layers that write what a
// server or a library said. It takes its time: call it when something failed.
func SecretsOf(r *http.Request) *redact.Set {
	s := StateOf(r)
	secrets := &redact.Set{}
	if s != nil {
		if s.secrets != nil {
			for _, secret := range s.secrets() {
				secrets.Add(secret)
			}
		}
		if proxy := s.proxy.Load(); proxy != nil {
			if through, err := (*proxy)(r); err == nil && through != nil {
				secrets.AddUser(through.User)
			}
		}
	}
	secrets.AddRequest(r, s.isKnown)
	return secrets
}

// isKnown reports whether the operation documents a query parameter.
func (s *State) isKnown(name string) bool {
	if s != nil {
		for p := range s.operation.Parameters() {
			if p.In == "query" && p.Name == name {
				return true
			}
		}
	}
	return false
}

// NoteProxy records how the proxy of the request is found: a proxy can repeat the user and
// password in its address.
func (s *State) NoteProxy(proxy *func(*http.Request) (*url.URL, error)) {
	if s != nil {
		s.proxy.Store(proxy)
	}
}

// hidden returns the secrets of the last attempt, or of the request if none was made.
func (s *State) hidden() *redact.Set { return SecretsOf(s.request.Load()) }

// hide removes the secrets of the request from an error, and bounds what it keeps of the
// server's words.
func (e *Error) hide(secrets *redact.Set) {
	e.Message = secrets.Text(cut(e.Message, maxErrorData))
	e.Message = cut(e.Message, maxMessage)
	data := secrets.Text(string(e.Data))
	if e.Data != nil && data != string(e.Data) {
		e.Data = nil
		if json.Valid([]byte(data)) { // it is not if the secret was a number
			e.Data = json.RawMessage(data)
		}
	}
}
