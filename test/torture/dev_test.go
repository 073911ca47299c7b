package main
import ("testing";"os")
func TestDev(t *testing.T) {
	for _, p := range parts {
		if p.name != os.Getenv("PART") { continue }
		a := short
		if os.Getenv("FULL") != "" { a = full }
		rows, err := p.measure(t.Context(), a)
		for _, r := range rows { t.Log(r) }
		if err != nil { t.Error(err) }
	}
}
