package specs

import "fmt"

// Fit proves that Go can be made of a contract: each operation and type gets a name of
// its own, and none that could leave its place in source. The repairs of the product's
// overlay are carried out where they fit, and what a release only asks a human for (a
// repair that moved, a tag, a summary) is left to Repair.
func (p *Product) Fit(contract Object) error {
	planned, err := planOverlay(contract, p.overlay, true)
	if err != nil {
		return err
	}
	document, err := planned.without(nobody)
	if err != nil {
		return err
	}
	for i, o := range operations(document) {
		if o.Object["operationId"] == nil {
			o.Object["operationId"] = fmt.Sprintf("operation%d", i)
		}
		if len(list(o.Object["tags"])) == 0 {
			o.Object["tags"] = []any{"Operations"}
		}
	}
	bare := &Product{Name: p.Name}
	if document, err = bare.repair(&plan{document: document}, nobody); err != nil {
		return err
	}
	return Validate(document)
}
