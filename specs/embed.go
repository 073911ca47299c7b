package specs

import (
	"embed"
	"fmt"
)

//go:embed */effective.json */openapi.json
var documents embed.FS

// Effective is the text of a product's effective document, which the clients are
// generated from and which the simulators check requests and answers against. The
// product is "weka" or "ngenea"; any other is an error.
func Effective(product string) ([]byte, error) { return document(product, "effective.json") }

// Contract is the text of a product's contract as pulled, unrepaired: what a
// simulator serves where the vendor serves its document.
func Contract(product string) ([]byte, error) { return document(product, "openapi.json") }

func document(product, file string) ([]byte, error) {
	text, err := documents.ReadFile(product + "/" + file)
	if err != nil {
		return nil, fmt.Errorf("specs: no %s for the product %q", file, product)
	}
	return text, nil
}
