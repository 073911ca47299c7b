//go:build goexperiment.jsonv2 && go1.25 && !go1.27

package call

import "encoding/json/v2"

// errSkip leaves a value to the JSON library, which with this experiment is the standard
// library's and has an error of its own for that before Go 1.27.
var errSkip = json.SkipFunc
