package weka

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/connect"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// authority issues tokens: with POST /login for a user and a password, with POST
// /login/refresh for a refresh token. It sends one request at a time and remembers what
// the cluster rejected, for the client's token source and for LongLivedToken.
type authority struct {
	login              wekaapi.LoginService
	user, organization string
	hasPassword        bool
	changeRequired     atomic.Bool

	busy chan struct{} // holds a value while a request is under way; it guards the rest

	password      func(context.Context) (string, error) // nil if the client has none
	rejected      error                                 // of user and password, which are not sent again
	loginLocked   *token.LockedOutError                 // no login is sent until it ends
	refreshLocked *token.LockedOutError
	throttled     *token.ThrottledError // as loginLocked
}

func newAuthority(login wekaapi.LoginService, s *connect.Settings) *authority {
	return &authority{
		login: login, user: s.Login.User, organization: s.Organization,
		password: s.Login.Password, hasPassword: s.Login.Password != nil,
		busy: make(chan struct{}, 1),
	}
}

func (a *authority) lock(ctx context.Context) error {
	select {
	case a.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a *authority) unlock() { <-a.busy }

func (a *authority) askPassword(ctx context.Context) (string, error) {
	if a.password == nil {
		return "", token.ErrNoCredentials
	}
	return a.password(ctx)
}

// Login opens a new session.
func (a *authority) Login(ctx context.Context, last token.Rejection) (token.Token, error) {
	if err := a.lock(ctx); err != nil {
		return token.Token{}, err
	}
	defer a.unlock()
	if a.rejected != nil {
		return token.Token{}, a.rejected
	}
	if isInForce(a.loginLocked) {
		return token.Token{}, a.loginLocked
	}
	if a.throttled != nil && time.Now().Before(a.throttled.Until) {
		return token.Token{}, a.throttled
	}
	password, err := a.askPassword(ctx)
	if err == nil {
		err = last.Check(password)
	}
	if err != nil {
		return token.Token{}, err
	}
	body := wekaapi.LoginBody{Username: a.user, Password: NewSecret(password)}
	if a.organization != "" {
		body.Org = &a.organization // the cluster rejects ""; without it the login is to Root
	}
	var response []byte
	var reported call.Response
	_, err = a.login.Login(ctx, body, call.WithRawBody(&response), call.WithResponse(&reported))
	session, err := parseSession(response, a.noteThrottle(connect.Throttled(err, reported.Header)))
	if err != nil {
		return token.Token{}, last.Rejected(password, a.loginError(err, response, password))
	}
	a.changeRequired.Store(session.passwordChangeRequired())
	return session.token(), nil
}

// Refresh renews a session.
func (a *authority) Refresh(ctx context.Context, old token.Token) (token.Token, error) {
	session, err := a.refresh(ctx, old, nil)
	return session.token(), err
}

// refresh requests an access token that lives for a number of seconds, nil for the
// cluster's default.
func (a *authority) refresh(ctx context.Context, old token.Token, lifetime *int64) (loginResponse, error) {
	if err := a.lock(ctx); err != nil {
		return loginResponse{}, err
	}
	defer a.unlock()
	if isInForce(a.refreshLocked) {
		return loginResponse{}, a.refreshLocked
	}
	body := wekaapi.RefreshTokenBody{RefreshToken: old.Refresh, AccessTokenExpiry: lifetime}
	var response []byte
	var reported call.Response
	_, err := a.login.RefreshToken(ctx, body, call.WithRawBody(&response), call.WithResponse(&reported))
	session, err := parseSession(response, a.noteThrottle(connect.Throttled(err, reported.Header)))
	if err != nil {
		return loginResponse{}, a.refreshError(err, response)
	}
	return session, nil
}

// noteThrottle returns err, and remembers it if it is a ThrottledError.
func (a *authority) noteThrottle(err error) error {
	errors.As(err, &a.throttled)
	return err
}

// loginError distinguishes a rejected login, which is never sent again, from a failure. A
// 403 that does not mention a lockout is as final as a wrong password.
func (a *authority) loginError(err error, response []byte, password string) error {
	failed, rejected := connect.Rejected(err, response)
	if !rejected {
		return err
	}
	if a.loginLocked = lockout(failed, time.Now()); a.loginLocked != nil {
		return a.loginLocked
	}
	a.rejected = &connect.Rejection{Verdict: connect.BadCredentials(password), Response: failed}
	return a.rejected
}

// refreshError distinguishes a rejected refresh token, which a login replaces, from a
// failure. A lockout is neither: a login would extend it.
func (a *authority) refreshError(err error, response []byte) error {
	failed, rejected := connect.Rejected(err, response)
	if !rejected {
		return err
	}
	if locked := lockout(failed, time.Now()); locked != nil {
		a.loginLocked, a.refreshLocked = locked, locked
		return locked
	}
	return &connect.Rejection{Verdict: token.ErrRefreshRejected, Response: failed}
}

// lockout reads a lockout from a response, nil if it is none. It keeps the text of the
// response but not its class, ErrForbidden, which would be taken for that of the call
// that needed the login.
func lockout(failed *call.Error, now time.Time) *token.LockedOutError {
	message := strings.ToLower(failed.Message)
	if !strings.Contains(message, "locked") {
		return nil
	}
	left := token.DefaultLockout
	if _, after, found := strings.Cut(message, "locked out for another "); found {
		after, _, _ = strings.Cut(after, " ")
		if stated, err := time.ParseDuration(strings.TrimRight(after, ".,;!")); err == nil && stated >= 0 {
			// The cluster rounds, and a login too early extends the lockout.
			left = min(stated, token.LongestBlock-time.Second) + time.Second
		}
	}
	return &token.LockedOutError{Until: now.Add(left), Err: errors.New(failed.Error())}
}

func isInForce(locked *token.LockedOutError) bool {
	return locked != nil && time.Now().Before(locked.Until)
}

// loginResponse is the session that a cluster issues. Members that a login can do without
// are read leniently: a quoted number or flag must not fail it.
type loginResponse struct {
	Data         json.RawMessage `json:"data"`
	AccessToken  string          `json:"access_token"`
	RefreshToken string          `json:"refresh_token"`
	ExpiresIn    json.RawMessage `json:"expires_in"`
	ChangeNeeded json.RawMessage `json:"password_change_required"`
}

func (r loginResponse) token() token.Token {
	return token.Token{
		Access:   NewSecret(r.AccessToken),
		Refresh:  NewSecret(r.RefreshToken),
		Lifetime: r.lifetime(),
	}
}

// lifetime reads expires_in, a number of seconds that may be quoted, null or missing.
func (r loginResponse) lifetime() time.Duration {
	seconds, err := strconv.ParseFloat(unquoted(r.ExpiresIn), 64)
	if err != nil {
		return 0
	}
	return token.LifetimeFromSeconds(seconds)
}

func (r loginResponse) passwordChangeRequired() bool { return unquoted(r.ChangeNeeded) == "true" }

func unquoted(raw json.RawMessage) string { return strings.Trim(string(raw), `"`) }

// parseSession reads the response instead of the typed result, since clusters respond in
// shapes that the document does not have.
func parseSession(response []byte, err error) (loginResponse, error) {
	var failed *call.Error
	if err != nil && (!errors.As(err, &failed) || failed.Status/100 != 2) {
		return loginResponse{}, err
	}
	session, ok := readLogin(response)
	if ok {
		return session, nil
	}
	if err == nil {
		err = fmt.Errorf("%w: the response to a login has no access token", ErrMalformedResponse)
	}
	return loginResponse{}, fmt.Errorf("%w: %w", token.ErrMalformed, err)
}

// readLogin reads the response to a login or a refresh in each of its three shapes:
// {"data":{…}} as clusters send it, {"data":[{…}]} as the prose documentation prints it,
// and the object alone as an older page does. It needs an access token.
func readLogin(response []byte) (loginResponse, bool) {
	const depth = 3 // data, a list in it, the object in that
	for range depth {
		var list []json.RawMessage
		if json.Unmarshal(response, &list) == nil && len(list) == 1 {
			response = list[0]
		}
		var r loginResponse
		if json.Unmarshal(response, &r) != nil {
			return loginResponse{}, false
		}
		if r.AccessToken != "" || len(r.Data) == 0 {
			return r, r.AccessToken != ""
		}
		response = r.Data
	}
	return loginResponse{}, false
}
