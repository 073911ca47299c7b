package main
import ("testing";"os";"context")
func TestMain(m *testing.M) { 
 if len(os.Args)>1 && os.Args[1]=="serve" { if err:=serve(); err!=nil {panic(err)}; return }
 if len(os.Args)>1 && os.Args[1]=="keep" { if err:=run(context.Background(), os.Args[1:]); err!=nil {panic(err)}; return }
 os.Chdir(".."); os.Exit(m.Run()) }
func TestLists(t *testing.T) {
 rows, err := measureLists(t.Context(), 5)
 for _, r := range rows { t.Log(r) }
 if err != nil { t.Fatal(err) }
}
func TestIterate(t *testing.T) {
 rows, err := measureIterate(t.Context(), 200000)
 for _, r := range rows { t.Log(r) }
 if err != nil { t.Fatal(err) }
}
func TestIdle(t *testing.T) {
 rows, err := measureIdle(t.Context(), 200)
 for _, r := range rows { t.Log(r) }
 if err != nil { t.Fatal(err) }
}
func TestWeight(t *testing.T) {
 rows, err := measureWeight(t.Context(), 1)
 for _, r := range rows { t.Log(r) }
 if err != nil { t.Fatal(err) }
}
