package specs

import (
	"fmt"

	"github.com/hotcold-go/hotcold/specs/ngenea"
	"github.com/hotcold-go/hotcold/specs/weka"
)

// documents are what the packages of the products embed. The simulators import those
// and not this package, which brings the libraries that repair a document.
var documents = map[string]struct{ effective, contract func() string }{
	"weka":   {weka.Effective, weka.Contract},
	"ngenea": {ngenea.Effective, ngenea.Contract},
}

// Effective is the text of a product's effective document, which the clients are
// generated from and which the simulators check requests and answers against. The
// product is "weka" or "ngenea"; any other is an error.
func Effective(product string) ([]byte, error) {
	d, ok := documents[product]
	if !ok {
		return nil, noProduct(product)
	}
	return []byte(d.effective()), nil
}

// Contract is the text of a product's contract as pulled, unrepaired: what a
// simulator serves where the vendor serves its document.
func Contract(product string) ([]byte, error) {
	d, ok := documents[product]
	if !ok {
		return nil, noProduct(product)
	}
	return []byte(d.contract()), nil
}

func noProduct(name string) error {
	return fmt.Errorf("specs: no documents for the product %q", name)
}
