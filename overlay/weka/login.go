package weka

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// loginAnswer is what a cluster issues, whatever stands around it. What a login can
// do without is read leniently: it must not fail for a quoted number or flag.
type loginAnswer struct {
	Data         json.RawMessage `json:"data"`
	AccessToken  string          `json:"access_token"`
	RefreshToken string          `json:"refresh_token"`
	ExpiresIn    json.RawMessage `json:"expires_in"`
	ChangeNeeded json.RawMessage `json:"password_change_required"`
}

func (a loginAnswer) token() token.Token {
	return token.Token{
		Access:   api.NewSecret(a.AccessToken),
		Refresh:  api.NewSecret(a.RefreshToken),
		Lifetime: a.lifetime(),
	}
}

// lifetime reads expires_in, a number of seconds that may come quoted, as null, or
// not at all.
func (a loginAnswer) lifetime() time.Duration {
	seconds, err := strconv.ParseFloat(unquoted(a.ExpiresIn), 64)
	if err != nil {
		return 0
	}
	return token.LifetimeFromSeconds(seconds)
}

func (a loginAnswer) passwordChangeRequired() bool { return unquoted(a.ChangeNeeded) == "true" }

func unquoted(raw json.RawMessage) string { return strings.Trim(string(raw), `"`) }

// readLogin reads an answer to a login or a refresh in any of its three shapes:
// {"data":{…}} as clusters answer, {"data":[{…}]} as the prose documentation prints
// it, and the object alone as an older page does. Without an access token it is none.
func readLogin(answer []byte) (loginAnswer, bool) {
	const deepest = 3 // data, a list in it, the object in that
	for range deepest {
		if item, ok := onlyItem(answer); ok {
			answer = item
		}
		var a loginAnswer
		if json.Unmarshal(answer, &a) != nil {
			return loginAnswer{}, false
		}
		if a.AccessToken != "" || len(a.Data) == 0 {
			return a, a.AccessToken != ""
		}
		answer = a.Data
	}
	return loginAnswer{}, false
}

func onlyItem(answer []byte) (json.RawMessage, bool) {
	var list []json.RawMessage
	if json.Unmarshal(answer, &list) != nil || len(list) != 1 {
		return nil, false
	}
	return list[0], true
}
