package main

import (
	"html/template"
	"net/http"

	"github.com/swaggest/swgui/v5emb"
)

// browserPage names the document in a script, as the pages of the products do: the
// library's own page has it in a form that specs/refresh pull does not read.
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

// browser is a Swagger UI page, to be served at a path that ends in a slash, for the
// document that is served at another. The assets are the library's.
func browser(title, document, at string) http.Handler {
	assets := v5emb.New(title, document, at)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != at {
			assets.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = browserPage.Execute(w, struct{ Title, Document, At string }{title, document, at}) // a client that went away is no failure of ours
	})
}
