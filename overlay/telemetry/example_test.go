package telemetry_test

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/overlay/telemetry"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// A span for each attempt, named after the operation.
func Example() {
	hub, err := ngeneatest.Start() // instead of your own
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	spans := tracetest.NewInMemoryExporter() // instead of the exporter to your collector

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
	if _, err := h.Alerts.List(context.Background(), nil); err != nil {
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

// Counters of attempts, retries and session events.
func Example_metrics() {
	cluster, err := wekatest.Start() // instead of your own
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	reader := metric.NewManualReader() // instead of a reader that exports

	watch, err := telemetry.New(telemetry.Config{MeterProvider: metric.NewMeterProvider(metric.WithReader(reader))})
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := weka.New(cluster.URL, weka.WithPassword("admin", "admin"), weka.WithCAFile(cluster.CAFile()),
		weka.WithHooks(watch.Hooks()), weka.WithSessionHook(watch.Session))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	ctx := context.Background()
	cluster.Fail("getClusterStatus", 1, 503, `{}`)
	if _, err := c.Cluster.GetStatus(ctx); err != nil {
		fmt.Println(err)
		return
	}

	var gathered metricdata.ResourceMetrics
	if err := reader.Collect(ctx, &gathered); err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range gathered.ScopeMetrics[0].Metrics {
		total := int64(0)
		switch data := m.Data.(type) {
		case metricdata.Histogram[float64]:
			for _, point := range data.DataPoints {
				total += int64(point.Count)
			}
		case metricdata.Sum[int64]:
			for _, point := range data.DataPoints {
				total += point.Value
			}
		}
		fmt.Println(m.Name, total)
	}
	// Output:
	// http.client.request.duration 3
	// hotcold.retries 1
	// hotcold.session.events 2
}
