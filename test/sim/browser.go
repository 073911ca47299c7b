package main

import (
	"net/http"

	"github.com/swaggest/swgui/v5emb"
)

// browser is a Swagger UI page, to be served at a path, for the document that is
// served at another.
func browser(title, document, at string) http.Handler {
	return v5emb.New(title, document, at)
}
