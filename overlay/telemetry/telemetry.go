package telemetry

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// scope is the name of the tracer and the meter.
const scope = "github.com/hotcold-go/hotcold/overlay/telemetry"

// Attributes that are not in the semantic conventions.
const (
	eventKey = attribute.Key("hotcold.event")
	stateKey = attribute.Key("hotcold.endpoint.state")
	whyKey   = attribute.Key("hotcold.retry.reason")
)

// Config has the providers of a [Watch]. A nil provider is the global one.
type Config struct {
	TracerProvider trace.TracerProvider
	MeterProvider  metric.MeterProvider
}

// Watch records spans and metrics of clients. It is safe for concurrent use and need not
// be closed.
type Watch struct {
	tracer   trace.Tracer
	duration metric.Float64Histogram
	retries  metric.Int64Counter
	session  metric.Int64Counter
	changes  metric.Int64Counter
}

// New returns a Watch. It fails if the meter provider rejects an instrument.
func New(config Config) (*Watch, error) {
	if config.TracerProvider == nil {
		config.TracerProvider = otel.GetTracerProvider()
	}
	if config.MeterProvider == nil {
		config.MeterProvider = otel.GetMeterProvider()
	}
	meter := config.MeterProvider.Meter(scope, metric.WithSchemaURL(semconv.SchemaURL))
	w := &Watch{tracer: config.TracerProvider.Tracer(scope, trace.WithSchemaURL(semconv.SchemaURL))}
	var failures [4]error
	w.duration, failures[0] = meter.Float64Histogram("http.client.request.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of HTTP client requests."),
		metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10))
	w.retries, failures[1] = meter.Int64Counter("hotcold.retries", metric.WithUnit("{retry}"),
		metric.WithDescription("Requests sent again: after a failure, at another backend, or with another token."))
	w.session, failures[2] = meter.Int64Counter("hotcold.session.events", metric.WithUnit("{event}"),
		metric.WithDescription("Logins, refreshes and their failures."))
	w.changes, failures[3] = meter.Int64Counter("hotcold.endpoint.changes", metric.WithUnit("{change}"),
		metric.WithDescription("Backends taken out of use or back in use."))
	return w, errors.Join(failures[:]...)
}

// Hooks returns the hooks for weka.WithHooks or ngenea.WithHooks. Use
// [transport.JoinHooks] to combine them with others.
func (w *Watch) Hooks() transport.Hooks {
	return transport.Hooks{AfterAttempt: w.attempt, BeforeRetry: w.retry, EndpointChanged: w.endpoint}
}

// Session counts event by its kind, such as "refreshed". Pass it to weka.WithSessionHook or
// ngenea.WithSessionHook.
func (w *Watch) Session(event token.Event) {
	w.session.Add(context.Background(), 1, metric.WithAttributes(eventKey.String(event.Kind.String())))
}

func (w *Watch) attempt(ctx context.Context, a transport.Attempt) {
	attributes := append(server(a.Endpoint), method(a.Method))
	attributes = append(attributes, template(a.Operation, a.Path)...)
	if a.Status != 0 {
		attributes = append(attributes, semconv.HTTPResponseStatusCode(a.Status))
	}
	kind, failed := failure(a.Status, a.Class)
	if failed {
		attributes = append(attributes, semconv.ErrorTypeKey.String(kind))
	}
	w.duration.Record(ctx, a.Duration.Seconds(), metric.WithAttributes(attributes...))

	if a.Number > 1 {
		attributes = append(attributes, semconv.HTTPRequestResendCount(a.Number-1))
	}
	ended := time.Now()
	name := a.Operation
	if name == "" {
		name = a.Method
	}
	_, span := w.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithTimestamp(ended.Add(-a.Duration)), trace.WithAttributes(attributes...))
	if failed {
		span.SetStatus(codes.Error, "")
	}
	span.End(trace.WithTimestamp(ended))
}

func (w *Watch) retry(ctx context.Context, r transport.Retrying) {
	attributes := append(template(r.Operation, r.Path), method(r.Method), whyKey.String(r.Reason))
	if kind, failed := failure(r.Status, r.Class); failed {
		attributes = append(attributes, semconv.ErrorTypeKey.String(kind))
	}
	w.retries.Add(ctx, 1, metric.WithAttributes(attributes...))
}

func (w *Watch) endpoint(change transport.EndpointChange) {
	state := "up"
	if change.Err != nil {
		state = "down"
	}
	w.changes.Add(context.Background(), 1, metric.WithAttributes(append(server(change.Endpoint), stateKey.String(state))...))
}

func method(name string) attribute.KeyValue { return semconv.HTTPRequestMethodKey.String(name) }

// template returns no attribute for a call of Do, whose path is not a template.
func template(operation, path string) []attribute.KeyValue {
	if operation == "" || path == "" {
		return nil
	}
	return []attribute.KeyValue{semconv.URLTemplate(path)}
}

// server returns the attributes of an endpoint such as "https://weka01:14000".
func server(endpoint string) []attribute.KeyValue {
	u, err := url.Parse(endpoint)
	if err != nil {
		return nil
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		if port = 443; strings.EqualFold(u.Scheme, "http") {
			port = 80
		}
	}
	return []attribute.KeyValue{semconv.ServerAddress(u.Hostname()), semconv.ServerPort(port), semconv.URLScheme(u.Scheme)}
}

// failure returns error.type of a failed attempt: the status, or why there is no response.
func failure(status int, class error) (kind string, failed bool) {
	switch {
	case errors.Is(class, context.Canceled):
		return "canceled", true
	case errors.Is(class, context.DeadlineExceeded):
		return "timeout", true
	case errors.Is(class, call.ErrUnavailable):
		return "unavailable", true
	case status >= 400:
		return strconv.Itoa(status), true
	case status == 0:
		return semconv.ErrorTypeOther.Value.AsString(), true
	}
	return "", false
}
