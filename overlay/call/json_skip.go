//go:build !goexperiment.jsonv2 || !go1.25 || go1.27

package call

import "errors"

// errSkip leaves a value to the JSON library.
var errSkip = errors.ErrUnsupported
