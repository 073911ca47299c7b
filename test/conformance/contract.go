package main

import (
	"net/http"
	"sync"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

// A contract is one API to prove: its document, and the client made from it.
type contract struct {
	name string // the product, as the package specs knows it
	// document loads the effective document, once.
	document func() (*document, error)
	// table is the generated table of operations.
	table []generated
	// connect makes a client that sends accessToken to the server at that URL. The
	// client is a pointer to a struct in which a field for each service is found.
	connect func(url string, transport http.RoundTripper) (client any, closeIt func(), err error)
	// basicAuth is the call option for the operations that take a name and a
	// password in place of a token; nil where there is none.
	basicAuth func(user, password string) api.CallOption
}

// generated is what a row of the generated table says and no request shows.
type generated struct{ id, service, method, result, auth, class string }

// What the server must see as credentials.
const (
	accessToken   = "conformance"
	basicUser     = "user"
	basicPassword = `pass:wörd "1"` //nolint:gosec // of nobody
)

var contracts = []contract{{
	name:      "weka",
	document:  sync.OnceValues(func() (*document, error) { return load("weka") }),
	table:     rows(wekaapi.Operations()),
	connect:   connectWeka,
	basicAuth: weka.WithBasicAuth,
}, {
	name:     "ngenea",
	document: sync.OnceValues(func() (*document, error) { return load("ngenea") }),
	table:    rows(ngeneaapi.Operations()),
	connect:  connectNgenea,
}}

// rows reads a generated table row by row: an operation that stands there twice has to
// be noticed.
func rows(operations []*api.Operation) []generated {
	all := make([]generated, len(operations))
	for i, o := range operations {
		all[i] = generated{
			id: o.ID(), service: o.Service(), method: o.GoMethod(),
			result: string(o.Result()), auth: string(o.Auth()), class: string(o.Class()),
		}
	}
	return all
}

func connectWeka(url string, transport http.RoundTripper) (any, func(), error) {
	c, err := weka.New(url, weka.WithAccessToken(accessToken), weka.WithTransport(transport), weka.WithStrictResponses())
	if err != nil {
		return nil, nil, err
	}
	return c, c.Close, nil
}

func connectNgenea(url string, transport http.RoundTripper) (any, func(), error) {
	c, err := ngenea.New(url, ngenea.WithAccessToken(accessToken), ngenea.WithTransport(transport), ngenea.WithStrictResponses())
	if err != nil {
		return nil, nil, err
	}
	return c, c.Close, nil
}
