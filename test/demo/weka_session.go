package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

func (s *wekaStory) connect(context.Context) (string, error) {
	client, err := weka.New(strings.Join(s.cluster.URLs(), ","), weka.WithPassword("admin", "admin"), weka.WithCAFile(s.cluster.CAFile()))
	if err != nil {
		return "", err
	}
	s.client = client
	if n := len(s.cluster.Requests()); n != 0 {
		return "", fmt.Errorf("weka.New sent %d requests: want none", n)
	}
	return "of all its backends, trusted by a CA file; nothing sent yet", nil
}

func (s *wekaStory) logIn(ctx context.Context) (string, error) {
	who, err := s.client.User.WhoAmI(ctx)
	if err != nil {
		return "", err
	}
	if n := s.cluster.Logins(); n != 1 {
		return "", fmt.Errorf("the first call cost %d logins: want one", n)
	}
	if who.Username == "" {
		return "", errors.New("the cluster did not say who is logged in")
	}
	return "the first call brought 1 login", nil
}

// callersAtOnce is how many goroutines meet one expiry.
const callersAtOnce = 32

// shareRefresh ends the token that many callers are about to send: all are refused,
// get a new token from one refresh and are sent again.
func (s *wekaStory) shareRefresh(ctx context.Context) (string, error) {
	if err := s.renewToken(ctx); err != nil {
		return "", err
	}
	logins, refreshes, refused := s.cluster.Logins(), s.cluster.Refreshes(), s.refusals()
	s.cluster.ExpireTokens()
	s.cluster.Intercept("getFileSystem", callersAtOnce, assemble(ctx, callersAtOnce))
	failed, first := callAtOnce(callersAtOnce, func() error { return s.callOnce(ctx) })
	if failed > 0 {
		return "", fmt.Errorf("%d of %d callers noticed: %w", failed, callersAtOnce, first)
	}
	logins, refreshes, refused = s.cluster.Logins()-logins, s.cluster.Refreshes()-refreshes, s.refusals()-refused
	if refused != callersAtOnce || refreshes != 1 || logins != 0 {
		return "", fmt.Errorf("%d answers of 401, %d refreshes, %d logins: want %d, 1, 0", refused, refreshes, logins, callersAtOnce)
	}
	return fmt.Sprintf("%d answers of 401, %d refresh, %d failed calls", refused, refreshes, failed), nil
}

// renewToken has one call refused, so that the session has a token with its life
// before it: the ordinary renewal of an older one would be counted with what comes
// next. Unlike ExpireTokens, a refusal leaves alone what a renewal under way brings.
func (s *wekaStory) renewToken(ctx context.Context) error {
	s.cluster.Fail("getFileSystem", 1, http.StatusUnauthorized, `{"data":"Unauthorized"}`)
	return s.callOnce(ctx)
}

// assemble keeps requests back until n have come, or until ctx ends: those that a
// caller makes after the first refusal would already bring the new token. However
// long connecting takes, every caller took its token before that.
func assemble(ctx context.Context, n int64) func(http.ResponseWriter, *http.Request, http.Handler) {
	var came atomic.Int64
	all := make(chan struct{})
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if came.Add(1) == n {
			close(all)
		}
		select {
		case <-all:
		case <-ctx.Done():
		case <-r.Context().Done():
		}
		next.ServeHTTP(w, r)
	}
}

func (s *wekaStory) outliveTokens(ctx context.Context) (string, error) {
	return outlive(ctx, s.printer, s.cluster, s.callOnce)
}

// callOnce is what the callers do; they know nothing of tokens.
func (s *wekaStory) callOnce(ctx context.Context) error {
	got, err := s.client.Filesystem.GetFileSystem(ctx, s.filesystem.UID, nil)
	if err != nil {
		return err
	}
	if got.UID != s.filesystem.UID {
		return fmt.Errorf("asked for %s, got %s", s.filesystem.UID, got.UID)
	}
	return nil
}

// countSession tells what the whole story needed, as the cluster counted it.
func (s *wekaStory) countSession(context.Context) (string, error) {
	if err := s.cluster.Err(); err != nil {
		return "", fmt.Errorf("the simulator broke the API's document: %w", err)
	}
	logins, refreshes := s.cluster.Count("login"), s.cluster.Count("refreshToken")
	if logins != 1 || refreshes < 3 {
		return "", fmt.Errorf("%d logins and %d refreshes: want 1 and at least 3", logins, refreshes)
	}
	return fmt.Sprintf("%d requests in all: 1 login, %d refreshes, %d answers of 401 that no caller saw",
		len(s.cluster.Requests()), refreshes, s.refusals()), nil
}

// refusals counts the 401s that the cluster has answered.
func (s *wekaStory) refusals() int {
	n := 0
	for _, request := range s.cluster.Requests() {
		if request.Status == http.StatusUnauthorized {
			n++
		}
	}
	return n
}
