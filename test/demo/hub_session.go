package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
)

func (s *hubStory) connect(context.Context) (string, error) {
	client, err := ngenea.New(s.hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(s.hub.CAFile()))
	if err != nil {
		return "", err
	}
	s.person = client
	if n := len(s.hub.Requests()); n != 0 {
		return "", fmt.Errorf("ngenea.New sent %d requests: want none", n)
	}
	return "trusts the Hub by its CA file; nothing sent yet", nil
}

func (s *hubStory) logIn(ctx context.Context) (string, error) {
	health, err := s.person.Health.GetHealth(ctx)
	if err != nil {
		return "", err
	}
	if n := s.hub.Logins(); n != 1 {
		return "", fmt.Errorf("the first call cost %d logins: want one", n)
	}
	return "the first call brought 1 login; the Hub is " + describeHealth(health), nil
}

func (s *hubStory) outliveTokens(ctx context.Context) (string, error) {
	return outlive(ctx, s.printer, s.hub, func(ctx context.Context) error {
		_, err := s.person.Health.GetHealth(ctx)
		return err
	})
}

// makeKey also prints the key in the two ways that give most away.
func (s *hubStory) makeKey(ctx context.Context) (string, error) {
	key, err := s.person.CreateClientKey(ctx, "nightly archive")
	if err != nil {
		return "", err
	}
	s.key = key
	shown := fmt.Sprintf("%+v", *key) + fmt.Sprintf("%#v", *key)
	if secret := key.APIKey.Reveal(); secret == "" || strings.Contains(shown, secret) {
		return "", errors.New("the key is empty, or shows when it is printed")
	}
	return fmt.Sprintf("number %d, %q; printed, it is %v", key.ID, key.Name, key.APIKey), nil
}

// dropPassword makes the client of a program, which is given the key alone.
func (s *hubStory) dropPassword(ctx context.Context) (string, error) {
	before := s.hub.Logins()
	client, err := ngenea.New(s.hub.URL, ngenea.WithClientKey(s.key.APIKey.Reveal()), ngenea.WithCAFile(s.hub.CAFile()))
	if err != nil {
		return "", err
	}
	s.program = client
	var sites []string
	for site, err := range client.AllSites(ctx, nil) {
		if err != nil {
			return "", err
		}
		sites = append(sites, site.Name)
	}
	if n := s.hub.Logins() - before; n != 0 || !slices.Contains(sites, siteName) {
		return "", fmt.Errorf("%d logins, sites %q: want none, and %s", n, sites, siteName)
	}
	return "another client has the key alone; sites " + listed(len(sites), sites) + "; it cost no login", nil
}

// revokeKey ends the key, whose next call is then refused, once.
func (s *hubStory) revokeKey(ctx context.Context) (string, error) {
	if err := s.person.RevokeClientKey(ctx, s.key.ID); err != nil {
		return "", err
	}
	before := s.hub.Count("listSites")
	_, err := s.program.Sites.ListSites(ctx, nil)
	refusal, err := refused(err, "ErrClientKeyRejected", ngenea.ErrClientKeyRejected)
	if err != nil {
		return "", err
	}
	if n := s.hub.Count("listSites") - before; n != 1 {
		return "", fmt.Errorf("the refused call was sent %d times: want once", n)
	}
	reason, _, _ := strings.Cut(ngenea.ErrClientKeyRejected.Error(), ":")
	return fmt.Sprintf("ErrClientKeyRejected, from a %d, sent once: %s", refusal.Status, reason), nil
}

// countSession tells what the Hub's half needed, as the Hub counted it.
func (s *hubStory) countSession(context.Context) (string, error) {
	if err := s.hub.Err(); err != nil {
		return "", fmt.Errorf("the simulator broke the API's document: %w", err)
	}
	requests, redirects := s.hub.Requests(), 0
	for _, request := range requests {
		if request.Status == http.StatusMovedPermanently {
			redirects++
		}
	}
	logins, refreshes := s.hub.Count("createToken"), s.hub.Count("refreshToken")
	if logins != 1 || refreshes < 2 || redirects != 0 {
		return "", fmt.Errorf("%d logins, %d refreshes, %d redirects: want 1, at least 2, none", logins, refreshes, redirects)
	}
	return fmt.Sprintf("%d requests in all: 1 login, %d refreshes, no redirect", len(requests), refreshes), nil
}
