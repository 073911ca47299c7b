package main

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// TestSimulator sends requests of every operation to wekatest too: a consumer's tests rest on it,
// and it checks requests with code of its own. Its answers are checked by itself,
// and by the client that decodes them. It may refuse a sample for what it says, of
// objects that do not exist, but not for how it is said.
func TestSimulator(t *testing.T) {
	t.Parallel()
	srv := wekatest.New(t)
	client, err := weka.New(srv.URL, weka.WithPassword("admin", "admin"), weka.WithTransport(srv.Transport()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	d, err := contracts[0].document()
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range d.operations {
		i := slices.IndexFunc(contracts[0].table, func(row generated) bool { return row.id == op.id })
		m, err := find(client, contracts[0].table[i], op)
		if err != nil {
			t.Fatal(err)
		}
		var options []func(*http.Request)
		if op.auth == "basic" {
			options = append(options, weka.WithBasicAuth(basicUser, basicPassword))
		}
		for _, c := range []requestCase{requestCases[0], requestCases[3]} { // all set, none set
			_, err := m.call(t.Context(), op.sampleRequest(c.sampler), options...)
			requests := srv.Requests()
			last := requests[len(requests)-1]
			switch {
			case err == nil:
			case errors.Is(err, weka.ErrMalformedAnswer), last.Operation != op.id, len(last.Violations) > 0:
				t.Errorf("request with %s: %v %v", c.name, err, last.Violations)
			}
		}
	}
}
