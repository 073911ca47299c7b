package telemetry_test

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/overlay/telemetry"
)

// A span for each attempt, named after the operation.
func Example() {
	hub, err := ngeneatest.Start() // in place of your own
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	spans := tracetest.NewInMemoryExporter() // in place of the one to your collector

	watch, err := telemetry.New(telemetry.Config{TracerProvider: trace.NewTracerProvider(trace.WithSyncer(spans))})
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()),
		ngenea.WithHooks(watch.Hooks()), ngenea.WithSessionHook(watch.Session))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	if _, err := h.Alerts.ListAlerts(context.Background(), nil); err != nil {
		fmt.Println(err)
		return
	}
	for _, span := range spans.GetSpans() {
		fmt.Println(span.Name)
	}
	// Output:
	// createToken
	// listAlerts
}
