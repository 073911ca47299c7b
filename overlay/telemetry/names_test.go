package telemetry_test

import (
	"context"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// stable are the attributes of spans, under "", and of each metric. Dashboards go by them.
var stable = map[string][]string{
	"": {
		"http.request.method", "url.template", "server.address", "server.port", "url.scheme",
		"http.response.status_code", "http.request.resend_count", "error.type",
	},
	"http.client.request.duration": {
		"http.request.method", "url.template", "server.address", "server.port", "url.scheme",
		"http.response.status_code", "error.type",
	},
	"hotcold.retries":          {"url.template", "http.request.method", "error.type"},
	"hotcold.session.events":   {"hotcold.event"},
	"hotcold.endpoint.changes": {"server.address", "server.port", "url.scheme", "hotcold.endpoint.state"},
}

// names are those of the attributes of all spans and metrics that were recorded.
func (r *recording) names(t *testing.T) map[string]map[string]bool {
	t.Helper()
	found := map[string]map[string]bool{"": {}}
	add := func(of string, attributes []attribute.KeyValue) {
		if found[of] == nil {
			found[of] = map[string]bool{}
		}
		for _, each := range attributes {
			found[of][string(each.Key)] = true
		}
	}
	for _, span := range r.spans.GetSpans() {
		add("", span.Attributes)
	}
	var gathered metricdata.ResourceMetrics
	if err := r.metrics.Collect(t.Context(), &gathered); err != nil {
		t.Fatal(err)
	}
	for _, m := range gathered.ScopeMetrics[0].Metrics {
		switch data := m.Data.(type) {
		case metricdata.Sum[int64]:
			for _, point := range data.DataPoints {
				add(m.Name, point.Attributes.ToSlice())
			}
		case metricdata.Histogram[float64]:
			for _, point := range data.DataPoints {
				add(m.Name, point.Attributes.ToSlice())
			}
		default:
			t.Errorf("%s is neither a counter nor a histogram", m.Name)
		}
	}
	return found
}

// What is recorded, whatever happens, has the stable names and no others.
func TestNamesAreStable(t *testing.T) {
	r := record(t)
	hooks := r.Hooks()
	for _, attempt := range []transport.Attempt{
		{Operation: "getClusterStatus", Method: http.MethodGet, Path: "/cluster", Endpoint: "https://weka01:14000", Number: 1, Status: 503},
		{Operation: "getClusterStatus", Method: http.MethodGet, Path: "/cluster", Endpoint: "https://weka01:14000", Number: 2, Class: call.ErrUnavailable},
		{Method: http.MethodGet, Path: "/secret/42", Endpoint: "https://weka01:14000", Number: 1, Status: 200},
	} {
		hooks.AfterAttempt(t.Context(), attempt)
	}
	hooks.BeforeRetry(t.Context(), transport.Retrying{Operation: "getClusterStatus", Method: http.MethodGet, Path: "/cluster", Status: 503})
	hooks.EndpointChanged(transport.EndpointChange{Endpoint: "https://weka01:14000", Err: context.Canceled})
	r.Session(token.Event{Kind: token.Refreshed})

	found := r.names(t)
	for of, names := range found {
		for name := range names {
			if !slices.Contains(stable[of], name) {
				t.Errorf("%q has the attribute %s, which is not a stable name", of, name)
			}
		}
	}
	for of, names := range stable {
		for _, name := range names {
			if !found[of][name] {
				t.Errorf("%q lacks the attribute %s", of, name)
			}
		}
	}
}

// Each of the names is in the documentation of the package.
func TestNamesAreDocumented(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for of, names := range stable {
		for _, name := range append(slices.Clone(names), of) {
			if !strings.Contains(string(text), name) {
				t.Errorf("doc.go does not have %s", name)
			}
		}
	}
}
