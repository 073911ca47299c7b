package main

import (
	"net/http"

	"github.com/swaggest/swgui/v5emb"
)

// browser is a Swagger UI page for the document that is served at docs, below
// which it is reached under ui/.
func browser(title, docs string) http.Handler {
	return v5emb.New(title, docs, docs+"/ui/")
}
