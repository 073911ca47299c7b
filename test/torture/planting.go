package main

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// planting is the secrets of one scene and what was printed of it.
type planting struct {
	mu      sync.Mutex
	secrets []string
	printed []string
	given   []string // to plant, in a process that another one started
}

// plant makes a secret.
func (p *planting) plant() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	secret := rand.Text()
	if len(p.given) > 0 {
		secret, p.given = p.given[0], p.given[1:]
	}
	p.secrets = append(p.secrets, secret)
	return secret
}

// token makes a token out of two secrets.
func (p *planting) token() token.Token {
	return token.Token{Access: api.NewSecret(p.plant()), Refresh: api.NewSecret(p.plant())}
}

// print keeps a text to be searched.
func (p *planting) print(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.printed = append(p.printed, text)
}

// search counts the secrets that show in what was printed, and tells of the first.
func (p *planting) search() (found int, first string) {
	for _, secret := range p.secrets {
		if where := p.where(secret); where != "" {
			found++
			if first == "" {
				first = where
			}
		}
	}
	return found, first
}

// where gives the surroundings of a secret in what was printed, "" if it is not there.
func (p *planting) where(secret string) string {
	forms := formsOf(secret)
	for _, text := range p.printed {
		for _, form := range forms {
			if i := strings.Index(text, form); i >= 0 {
				return text[max(0, i-100):i] + "…" + text[i+len(form):min(len(text), i+len(form)+100)]
			}
		}
	}
	return ""
}

// telling is how many characters of a secret in a row count as the secret.
const telling = 10

// formsOf gives what fmt, JSON, HTTP and encoders make of both ends of a secret: a
// text can be cut anywhere.
func formsOf(secret string) []string {
	var forms []string
	for _, piece := range []string{secret[:telling], secret[len(secret)-telling:]} {
		decimal := strings.Trim(fmt.Sprintf("%d", []byte(piece)), "[]")
		syntax := fmt.Sprintf("%#v", []byte(piece))
		forms = append(forms, piece, strings.ToLower(piece), decimal, strings.ReplaceAll(decimal, " ", ","),
			fmt.Sprintf("%x", piece), fmt.Sprintf("%X", piece), fmt.Sprintf("% x", piece), fmt.Sprintf("% X", piece),
			syntax[len("[]byte{"):len(syntax)-1])
		for shift := range 3 { // base64 depends on what stands before
			encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat(" ", shift) + piece))
			forms = append(forms, encoded[4:len(encoded)-2])
		}
	}
	return forms
}
