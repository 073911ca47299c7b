package main

import (
	"errors"
	"slices"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// simulated is a simulator and a client of it.
type simulated struct {
	client any
	// last returns the operation of the last request and the rules that it broke.
	last func() (operation string, violations []string)
	// malformed is the client's error for a response that it cannot decode.
	malformed error
}

// simulators start the simulator of each contract.
var simulators = map[string]func(*testing.T) simulated{
	"weka": func(t *testing.T) simulated {
		srv := wekatest.New(t)
		client, err := weka.New(srv.URL, weka.WithPassword("admin", "admin"), weka.WithTransport(srv.Transport()), weka.WithStrictResponses())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.Close)
		return simulated{client, func() (string, []string) {
			last := lastOf(srv.Requests())
			return last.Operation, last.Violations
		}, weka.ErrMalformedResponse}
	},
	"ngenea": func(t *testing.T) simulated {
		srv := ngeneatest.New(t, ngeneatest.Strict())
		client, err := ngenea.New(srv.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithTransport(srv.Transport()), ngenea.WithStrictResponses())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.Close)
		return simulated{client, func() (string, []string) {
			last := lastOf(srv.Requests())
			return last.Operation, last.Violations
		}, ngenea.ErrMalformedResponse}
	},
}

func lastOf[E any](all []E) E { return all[len(all)-1] }

// The simulators accept requests of every operation: they validate requests with their own
// code. They may reject a sample for objects that do not exist, but not for its form; the
// client must decode their responses.
func TestSimulators(t *testing.T) {
	t.Parallel()
	for _, c := range contracts {
		t.Run(c.name, func(t *testing.T) { simulate(t, c, simulators[c.name](t)) })
	}
}

func simulate(t *testing.T, c contract, s simulated) {
	d, err := c.document()
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range d.operations {
		i := slices.IndexFunc(c.table, func(row *api.Operation) bool { return row.ID() == op.id })
		m, err := find(s.client, c.table[i], op)
		if err != nil {
			t.Fatal(err)
		}
		var options []api.CallOption
		if op.auth == "basic" {
			options = append(options, c.basicAuth(basicUser, basicPassword))
		}
		for _, request := range []requestCase{requestCases[0], requestCases[3]} { // all set, none set
			_, err := m.call(t.Context(), op.sampleRequest(request.sampler), options...)
			operation, violations := s.last()
			switch {
			case err == nil:
			case errors.Is(err, s.malformed), operation != op.id, len(violations) > 0:
				t.Errorf("request with %s: %v %v", request.name, err, violations)
			}
		}
	}
}
