package main

import (
	"net/http"
	"reflect"
	"sync"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/gen/wekaapi"
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
	basicAuth func(user, password string) func(*http.Request)
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
	table:     rows(wekaapi.Operations),
	connect:   connectWeka,
	basicAuth: weka.WithBasicAuth,
}, {
	name:     "ngenea",
	document: sync.OnceValues(func() (*document, error) { return load("ngenea") }),
	table:    rows(ngeneaapi.Operations),
	connect:  connectNgenea,
}}

// rows reads a generated table row by row: each product has a type of its own for them,
// and an operation that stands there twice has to be noticed.
func rows(operations any) []generated {
	list := reflect.ValueOf(operations)
	all := make([]generated, list.Len())
	for i := range all {
		text := func(field string) string { return list.Index(i).FieldByName(field).String() }
		all[i] = generated{
			id: text("ID"), service: text("Service"), method: text("GoMethod"),
			result: text("Result"), auth: text("Auth"), class: text("Class"),
		}
	}
	return all
}

func connectWeka(url string, transport http.RoundTripper) (any, func(), error) {
	c, err := weka.New(url, weka.WithAccessToken(accessToken), weka.WithTransport(transport))
	if err != nil {
		return nil, nil, err
	}
	return c, c.Close, nil
}

func connectNgenea(url string, transport http.RoundTripper) (any, func(), error) {
	c, err := ngenea.New(url, ngenea.WithAccessToken(accessToken), ngenea.WithTransport(transport))
	if err != nil {
		return nil, nil, err
	}
	return c, c.Close, nil
}
