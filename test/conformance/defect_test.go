package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// sending has the arguments of a Caller.
type sending struct {
	operation    *api.Operation
	path         []any
	query        api.Params
	body, result any
}

// defective is a Caller that changes its arguments or the result, like wrong generated code.
type defective struct {
	client  *call.Client
	changed *api.Operation // replaces the one with its id; nil replaces none
	before  func(*sending)
	after   func(*sending) error
}

func (d *defective) Call(ctx context.Context, operation *api.Operation, path []any, query api.Params, body, result any, options ...api.CallOption) error {
	if d.changed != nil && d.changed.ID() == operation.ID() {
		operation = d.changed
	}
	s := &sending{operation, path, query, body, result}
	if d.before != nil {
		d.before(s)
	}
	options = append(options, call.WithHeader("Authorization", "Bearer "+accessToken))
	send := func() error {
		return d.client.Call(ctx, s.operation, s.path, s.query, s.body, s.result, options...)
	}
	if err := send(); err != nil || d.after == nil {
		return err
	}
	return d.after(s)
}

// defect is one way in which generated code can be wrong, and the rule that must find it.
type defect struct {
	name, operation, rule string
	table                 func(*api.Definition)
	before                func(*sending)
	after                 func(*sending) error
}

var defects = []defect{
	{name: "none", operation: "getQuota"},
	{name: "a wrong path", operation: "getQuota", rule: ruleRoute, table: func(o *api.Definition) {
		o.Path = strings.Replace(o.Path, "/quota/", "/quotas/", 1)
	}},
	{name: "an extra slash", operation: "getQuota", rule: ruleRoute, table: func(o *api.Definition) { o.Path += "/" }},
	{name: "a wrong method", operation: "getQuota", rule: ruleRoute, table: func(o *api.Definition) { o.Method = http.MethodPut }},
	{name: "a wrong style", operation: "getStats", rule: ruleQuery, table: func(o *api.Definition) {
		for i := range o.Parameters {
			o.Parameters[i].Style = "form"
		}
	}},
	{name: "another operation", operation: "putQuota", rule: ruleRoute, before: func(s *sending) { s.operation = wekaapi.OpPatchQuota }},
	{name: "path values in another order", operation: "removeContainerNetwork", rule: rulePath, before: func(s *sending) {
		slices.Reverse(s.path)
	}},
	{name: "a path value escaped twice", operation: "removeContainer", rule: rulePath, before: func(s *sending) {
		s.path = []any{url.PathEscape(s.path[0].(string))}
	}},
	{name: "params that are not passed", operation: "listQuotas", rule: ruleQuery, before: func(s *sending) { s.query = nil }},
	{name: "a body that is not passed", operation: "putQuota", rule: ruleBody, before: func(s *sending) { s.body = nil }},
	{name: "a member that is always sent", operation: "putQuota", rule: ruleBody, before: func(s *sending) {
		if body := s.body.(*wekaapi.PutQuotaBody); body.Owner == nil {
			body.Owner = new(string)
		}
	}},
	{name: "a list that is not sent empty", operation: "updateSecPolicy", rule: ruleBody, before: func(s *sending) {
		if body := s.body.(*wekaapi.UpdateSecurityPolicyBody); len(body.IP) == 0 {
			body.IP = nil
		}
	}},
	{name: "lost digits", operation: "getQuota", rule: ruleResult, after: func(s *sending) error {
		result := s.result.(*wekaapi.Quota)
		result.TotalBytes = int64(float64(result.TotalBytes))
		return nil
	}},
	{name: "a lost member", operation: "getQuota", rule: ruleResult, after: func(s *sending) error {
		s.result.(*wekaapi.Quota).Owner = ""
		return nil
	}},
	{name: "an error", operation: "getQuota", rule: ruleCall, after: func(*sending) error { return errors.New("broken") }},
	{name: "a panic", operation: "getQuota", rule: ruleCall, after: func(*sending) error { panic("broken") }},
}

// hubDefects are those for the Hub, whose paths all end in a slash.
var hubDefects = []defect{
	{name: "none", operation: "getJob"},
	{name: "a wrong path", operation: "getJob", rule: ruleRoute, table: func(o *api.Definition) {
		o.Path = strings.Replace(o.Path, "/jobs/", "/job/", 1)
	}},
	{name: "a lost slash", operation: "getJob", rule: ruleRoute, table: func(o *api.Definition) {
		o.Path = strings.TrimSuffix(o.Path, "/")
	}},
	{name: "a lost slash with a body", operation: "submitWorkflow", rule: ruleRoute, table: func(o *api.Definition) {
		o.Path = strings.TrimSuffix(o.Path, "/")
	}},
	{name: "a wrong method", operation: "updateWorkflow", rule: ruleRoute, table: func(o *api.Definition) { o.Method = http.MethodPut }},
	{name: "params that are not passed", operation: "browseFiles", rule: ruleQuery, before: func(s *sending) { s.query = nil }},
	{name: "a body that is not passed", operation: "submitWorkflow", rule: ruleBody, before: func(s *sending) { s.body = nil }},
	{name: "a null that is not sent", operation: "submitWorkflow", rule: ruleBody, before: func(s *sending) {
		s.body.(*ngeneaapi.SubmitWorkflowBody).Discovery.SetUnspecified()
	}},
	{name: "a lost member", operation: "getJob", rule: ruleResult, after: func(s *sending) error {
		s.result.(*ngeneaapi.Job).State = ""
		return nil
	}},
}

// generatedCode is the code of a product, for defects.
type generatedCode struct {
	defects  []defect
	table    []*api.Operation
	services func(*defective) any
}

// generatedCodes are by contract.
var generatedCodes = map[string]generatedCode{
	"weka": {
		defects,
		wekaapi.Operations(),
		func(d *defective) any { services := wekaapi.NewServices(d); return &services },
	},
	"ngenea": {
		hubDefects,
		ngeneaapi.Operations(),
		func(d *defective) any { services := ngeneaapi.NewServices(d); return &services },
	},
}

// Conformance finds each defect of generated code.
func TestDefects(t *testing.T) {
	t.Parallel()
	for _, c := range contracts {
		p, err := open(c)
		if err != nil {
			t.Fatal(err)
		}
		code := generatedCodes[c.name]
		for _, d := range code.defects {
			t.Run(c.name+": "+d.name, func(t *testing.T) {
				p.client, p.report = code.services(d.caller(t, p, code.table)), &report{}
				p.prove(t.Context(), p.method(t, d.operation).op)
				if d.rule == "" && len(p.report.failures) > 0 || d.rule != "" && p.report.find(d.operation, d.rule) == nil {
					var out strings.Builder
					p.report.print(&out)
					t.Errorf("want a failure of %q, got\n%s", d.rule, out.String())
				}
			})
		}
		p.close()
	}
}

func (d *defect) caller(t *testing.T, p *proof, table []*api.Operation) *defective {
	t.Helper()
	base, err := url.Parse(p.server.URL + p.document.basePath)
	if err != nil {
		t.Fatal(err)
	}
	defective := &defective{before: d.before, after: d.after}
	defective.client = call.New(call.Config{Base: base, Transport: p.server.Client().Transport})
	if d.table != nil {
		i := slices.IndexFunc(table, func(o *api.Operation) bool { return o.ID() == d.operation })
		changed := definitionOf(table[i])
		d.table(&changed)
		defective.changed = api.NewOperation(changed)
	}
	return defective
}

func definitionOf(o *api.Operation) api.Definition {
	return api.Definition{
		ID: o.ID(), Method: o.Method(), Path: o.Path(), Service: o.Service(), GoMethod: o.GoMethod(), Since: o.Since(),
		Class: o.Class(), Result: o.Result(), Auth: o.Auth(), Deprecated: o.Deprecated(), Inferred: o.Inferred(),
		Parameters: slices.Collect(o.Parameters()),
	}
}

// account finds missing, wrong and duplicate rows, and methods without an operation.
func TestAccount(t *testing.T) {
	c := contracts[0]
	c.table = slices.Clone(c.table)
	lost, wrong := c.table[0], definitionOf(c.table[1])
	wrong.Result = api.ResultNone
	unknown := api.NewOperation(api.Definition{ID: "noSuchOperation", Method: http.MethodGet, Path: "/x", Result: api.ResultNone, Class: api.ClassSafe})
	c.table = append(c.table[1:], unknown, c.table[2])
	c.table[0] = api.NewOperation(wrong)
	p, err := open(c)
	if err != nil {
		t.Fatal(err)
	}
	p.close()
	for _, want := range []string{lost.ID(), lost.Service() + "." + lost.GoMethod(), wrong.ID, unknown.ID(), c.table[1].ID()} {
		if p.report.find(want, ruleTable) == nil {
			t.Errorf("no failure of %s", want)
		}
	}
}
