//go:build goexperiment.jsonv2 && go1.25 && !go1.27

package call

import "encoding/json/v2"

// errSkip leaves a value to the JSON library, which with this experiment is the standard
// library's, and of these releases has a value of its own for that.
var errSkip = json.SkipFunc
