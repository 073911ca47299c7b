package call

// row is what a generated package calls Operation, with its own type of parameters.
type row[P any] struct {
	ID, Method, Path, Service, GoMethod string
	Since, Class, Result, Auth          string
	Deprecated, Inferred                bool
	Parameters                          []P
}

// generated is any generated package's Operation: a type of its own, since those
// packages import nothing of ours.
type generated[P any] interface {
	~struct {
		ID, Method, Path, Service, GoMethod string
		Since, Class, Result, Auth          string
		Deprecated, Inferred                bool
		Parameters                          []P
	}
}

// parameter is any generated package's Parameter.
type parameter interface {
	~struct {
		Name, In, Style   string
		Explode, Required bool
	}
}

// Table makes of a generated package's Operations what Config.Operations wants. A
// front door makes it once for all its clients.
func Table[O generated[P], P parameter](operations []O) map[string]*Operation {
	table := make(map[string]*Operation, len(operations))
	for _, operation := range operations {
		o := row[P](operation)
		parameters := make([]Parameter, 0, len(o.Parameters))
		for _, p := range o.Parameters {
			parameters = append(parameters, Parameter(p))
		}
		table[o.ID] = &Operation{
			ID: o.ID, Method: o.Method, Path: o.Path, Service: o.Service, GoMethod: o.GoMethod,
			Since: o.Since, Class: o.Class, Result: o.Result, Auth: o.Auth, Deprecated: o.Deprecated, Inferred: o.Inferred,
			Parameters: parameters,
		}
	}
	return table
}
