package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// wantsTour says whether the environment names a real system.
func wantsTour() bool { return os.Getenv("WEKA_HOST") != "" || os.Getenv("NGENEA_URL") != "" }

// The steps of a tour that others need.
const (
	reaches    = "reach the API"
	tourLogsIn = "log in"
)

// playTour looks at the systems that the environment names, with clients that can only
// read.
func playTour(ctx context.Context, p *printer) (bool, error) {
	var parts []part
	if os.Getenv("WEKA_HOST") != "" {
		t, err := newWEKATour()
		if err != nil {
			return false, err
		}
		defer t.client.Close()
		parts = append(parts, t.part())
	}
	if os.Getenv("NGENEA_URL") != "" {
		t, err := newHubTour()
		if err != nil {
			return false, err
		}
		defer t.client.Close()
		parts = append(parts, t.part())
	}
	return play(ctx, p, parts...), nil
}

// trusted puts into words what to do about a certificate that nobody vouches for.
func trusted(err error, system, variable string) error {
	if _, untrusted := errors.AsType[x509.UnknownAuthorityError](err); untrusted {
		return fmt.Errorf("nobody vouches for the certificate of %s: set %s to a PEM file of its authority, or of itself", system, variable)
	}
	return err
}
