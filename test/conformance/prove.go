package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// proof is one run over a contract.
type proof struct {
	contract contract
	document *document
	rows     map[string]*api.Operation // by id
	server   *server
	client   any
	close    func()
	report   *report
}

// prove calls every operation of a contract. The error is for what prevents any call; the
// report has the broken rules.
func prove(ctx context.Context, c contract) (*report, error) {
	p, err := open(c)
	if err != nil {
		return nil, err
	}
	defer p.close()
	for _, op := range p.document.operations {
		p.prove(ctx, op)
	}
	return p.report, nil
}

// open starts the server, connects the client, and runs account.
func open(c contract) (*proof, error) {
	d, err := c.document()
	if err != nil {
		return nil, err
	}
	p := &proof{contract: c, document: d, server: newServer()}
	p.report = &report{product: c.name}
	for _, op := range d.operations {
		p.report.operations = append(p.report.operations, op.id)
	}
	client, err := c.connect(p.server.URL, p.server.Client().Transport)
	if err != nil {
		p.server.Close()
		return nil, err
	}
	p.client = client
	p.close = func() {
		client.Close()
		p.server.Close()
	}
	p.account()
	return p, nil
}

// account checks that the table has one row and the client one method for each operation of
// the document, and no other.
func (p *proof) account() {
	p.rows = map[string]*api.Operation{}
	methods := methodsOf(p.client)
	for _, row := range p.contract.table {
		if _, twice := p.rows[row.ID()]; twice {
			p.report.add(row.ID(), "", violation{ruleTable, "has two rows"})
		}
		p.rows[row.ID()] = row
		delete(methods, row.Service()+"."+row.GoMethod())
	}
	unknown := maps.Clone(p.rows)
	for _, op := range p.document.operations {
		delete(unknown, op.id)
		row, ok := p.rows[op.id]
		if !ok {
			p.report.add(op.id, "", violation{ruleTable, "has no row"})
			continue
		}
		says, want := [3]string{string(row.Result()), string(row.Auth()), string(row.Class())}, [3]string{op.result, op.auth, op.class}
		if says != want {
			p.report.add(op.id, "", violation{ruleTable, fmt.Sprintf("has %q as result, credentials and class, the document %q", says, want)})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(unknown)) {
		p.report.add(id, "", violation{ruleTable, "is not in the document"})
	}
	for _, name := range slices.Sorted(maps.Keys(methods)) {
		p.report.add(name, "", violation{ruleTable, "is a method without an operation"})
	}
}

// prove calls one operation with every request and every response.
func (p *proof) prove(ctx context.Context, op *operation) {
	row, ok := p.rows[op.id]
	if !ok {
		return // reported by account
	}
	m, err := find(p.client, row, op)
	if err != nil {
		p.report.add(op.id, "", violation{ruleSignature, err.Error()})
		return
	}
	for _, detail := range m.checkTypes() {
		p.report.add(op.id, "", violation{ruleTypes, detail})
	}
	responses, err := op.responses()
	if err != nil {
		p.report.add(op.id, "", violation{ruleSample, err.Error()})
		return
	}
	for _, c := range requestCases {
		p.report.add(op.id, "request with "+c.name, p.exchange(ctx, m, op.sampleRequest(c.sampler), responses[0])...)
	}
	plain := op.sampleRequest(requestCases[0].sampler)
	for _, r := range responses[1:] {
		p.report.add(op.id, "response with "+r.name, p.exchange(ctx, m, plain, r)...)
	}
}

// exchange makes one call and checks the request and the result.
func (p *proof) exchange(ctx context.Context, m *method, sample request, expected response) []violation {
	p.server.respondWith(expected)
	var options []api.CallOption
	if m.op.auth == "basic" {
		options = append(options, p.contract.basicAuth(basicUser, basicPassword))
	}
	result, err := m.call(ctx, sample, options...)
	if errors.Is(err, errNotFilled) {
		return []violation{{ruleSample, err.Error()}}
	}
	var violations []violation
	got := p.server.taken()
	for _, r := range got {
		violations = append(violations, m.op.check(p.document.basePath, sample, r)...)
	}
	switch {
	case err != nil:
		return append(violations, violation{ruleCall, err.Error()})
	case len(got) != 1:
		return append(violations, violation{ruleCall, fmt.Sprintf("sent %d requests", len(got))})
	case m.result == nil:
		return violations
	}
	out, err := tree(result)
	if err != nil {
		return append(violations, violation{ruleResult, err.Error()})
	}
	if found := difference("result", expected.result, out); found != "" {
		violations = append(violations, violation{ruleResult, found})
	}
	return violations
}

// server sends a given response to every request and keeps the requests. It speaks TLS on
// loopback.
type server struct {
	*httptest.Server

	mu       sync.Mutex
	response response
	received []received
}

// received is one request.
type received struct {
	*http.Request // a copy, which the server does not read; its body has been read
	body          []byte
}

func newServer() *server {
	s := &server{}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(s.serve))
	return s
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // the call fails, and exchange reports it
	}
	s.mu.Lock()
	s.received = append(s.received, received{r.Clone(context.Background()), body})
	send := s.response
	s.mu.Unlock()
	if len(send.body) > 0 {
		w.Header().Set("Content-Type", cmp.Or(send.media, "application/json; charset=utf-8"))
	}
	w.WriteHeader(send.status)
	_, _ = w.Write(send.body) // a client that does not read it fails
}

// respondWith sets the response to all further requests.
func (s *server) respondWith(r response) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.response = r
}

// taken returns the requests since its last call.
func (s *server) taken() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.received
	s.received = nil
	return all
}
