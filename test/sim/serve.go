package main

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/swaggest/swgui/v5emb"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// simulator is the simulator of either product; [ngeneatest.Fault] is the same type.
type simulator interface {
	On(operation string) *wekatest.Fault
	CAFile() string
	Close()
	Err() error
}

// serve starts the faults, prints the addresses, and runs a simulator until the context
// ends.
func serve(ctx context.Context, l *lines, srv simulator, urls []string, faults []plannedFault) error {
	defer srv.Close()
	if err := startFaults(faults, srv.On); err != nil {
		return err
	}
	l.print("listening on %s", urls[0])
	l.print("CA file: %s", cmp.Or(srv.CAFile(), "none"))
	for i, url := range urls[1:] {
		l.print("endpoint %d: %s", i+1, url)
	}
	<-ctx.Done()
	return srv.Err()
}

// lines prints whole lines from many goroutines.
type lines struct {
	mu  sync.Mutex
	out io.Writer
}

func (l *lines) print(format string, arguments ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = fmt.Fprintf(l.out, format+"\n", arguments...) // fails only if the reader is gone
}

// request prints a request: the time, the endpoint, the status, the route, the operation
// and the violations.
func (l *lines) request(r wekatest.Request) {
	status := strconv.Itoa(r.Status)
	if r.Status == 0 {
		status = "cut"
	}
	line := fmt.Sprintf("%s %d %s %s %s %s", r.Time.UTC().Format("15:04:05.000"), r.Endpoint, status, r.Method, r.Path, cmp.Or(r.Operation, "-"))
	if len(r.Violations) > 0 {
		line += " (" + strings.Join(r.Violations, "; ") + ")"
	}
	l.print("%s", line)
}

// browserPage has the address of the document in a script, like the pages of the products;
// specs/refresh pull does not find it in the library's own page.
var browserPage = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{.Title}}</title>
<link rel="stylesheet" href="{{.At}}swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="{{.At}}swagger-ui-bundle.js"></script>
<script>
SwaggerUIBundle({url: {{.Document}}, dom_id: "#swagger-ui"})
</script>
</body>
</html>
`))

// browser serves a Swagger UI page for a document, at a path that ends in a slash. The
// assets are the library's.
func browser(title, document, at string) http.Handler {
	assets := v5emb.New(title, document, at)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != at {
			assets.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = browserPage.Execute(w, struct{ Title, Document, At string }{title, document, at}) // fails only if the client is gone
	})
}
