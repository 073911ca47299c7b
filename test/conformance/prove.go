package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// proof is one run over a contract.
type proof struct {
	contract contract
	document *document
	rows     map[string]generated // by operation
	server   *server
	client   any
	close    func()
	report   *report
}

// prove calls every operation of a contract. The error says why that could not be
// begun; what an operation breaks is in the report.
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

// open starts the server, connects the client, and accounts for all operations.
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
	client, closeClient, err := c.connect(p.server.URL, p.server.Client().Transport)
	if err != nil {
		p.server.Close()
		return nil, err
	}
	p.client = client
	p.close = func() {
		closeClient()
		p.server.Close()
	}
	p.account()
	return p, nil
}

// account matches the document's operations with the rows of the table and the
// methods of the client: each is there once.
func (p *proof) account() {
	p.rows = map[string]generated{}
	methods := methodsOf(p.client)
	for _, row := range p.contract.table {
		if _, twice := p.rows[row.id]; twice {
			p.report.add(row.id, "", fault{ruleTable, "has two rows"})
		}
		p.rows[row.id] = row
		delete(methods, row.service+"."+row.method)
	}
	unknown := maps.Clone(p.rows)
	for _, op := range p.document.operations {
		row, ok := p.rows[op.id]
		says := [3]string{row.result, row.auth, row.class}
		switch want := [3]string{op.result, op.auth, op.class}; {
		case !ok:
			p.report.add(op.id, "", fault{ruleTable, "has no row"})
		case says != want:
			p.report.add(op.id, "", fault{ruleTable, fmt.Sprintf("says %q of its result, credentials and class, the document %q", says, want)})
		}
		delete(unknown, op.id)
	}
	for _, id := range slices.Sorted(maps.Keys(unknown)) {
		p.report.add(id, "", fault{ruleTable, "is not in the document"})
	}
	for _, name := range slices.Sorted(maps.Keys(methods)) {
		p.report.add(name, "", fault{ruleTable, "is a method of no operation"})
	}
}

// prove calls one operation in every case of a request and of an answer.
func (p *proof) prove(ctx context.Context, op *operation) {
	row, ok := p.rows[op.id]
	if !ok {
		return // reported by account
	}
	m, err := find(p.client, row, op)
	if err != nil {
		p.report.add(op.id, "", fault{ruleSignature, err.Error()})
		return
	}
	for _, detail := range m.checkTypes() {
		p.report.add(op.id, "", fault{ruleTypes, detail})
	}
	replies, err := op.replies()
	if err != nil {
		p.report.add(op.id, "", fault{ruleSample, err.Error()})
		return
	}
	for _, c := range requestCases {
		p.report.add(op.id, "request with "+c.name, p.exchange(ctx, m, op.sampleRequest(c.sampler), replies[0])...)
	}
	plain := op.sampleRequest(requestCases[0].sampler)
	for _, answer := range replies[1:] {
		p.report.add(op.id, "answer with "+answer.name, p.exchange(ctx, m, plain, answer)...)
	}
}

// exchange makes one call and checks what was sent and what came out.
func (p *proof) exchange(ctx context.Context, m *method, sample request, answer reply) []fault {
	p.server.answerWith(answer)
	var options []api.CallOption
	if m.op.auth == "basic" {
		options = append(options, p.contract.basicAuth(basicUser, basicPassword))
	}
	result, err := m.call(ctx, sample, options...)
	if errors.Is(err, errNotFilled) {
		return []fault{{ruleSample, err.Error()}}
	}
	var faults []fault
	got := p.server.taken()
	for _, r := range got {
		faults = append(faults, m.op.check(p.document.basePath, sample, r)...)
	}
	switch {
	case err != nil:
		return append(faults, fault{ruleCall, err.Error()})
	case len(got) != 1:
		return append(faults, fault{ruleCall, fmt.Sprintf("sent %d requests", len(got))})
	case m.result == nil:
		return faults
	}
	out, err := tree(result)
	if err != nil {
		return append(faults, fault{ruleResult, err.Error()})
	}
	if found := difference("result", answer.result, out); found != "" {
		faults = append(faults, fault{ruleResult, found})
	}
	return faults
}
