package token_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"

	"go.uber.org/goleak"
)

// TestMain runs the tests, or the role of a process that a test started.
func TestMain(m *testing.M) {
	if role := os.Getenv("TOKEN_TEST_ROLE"); role != "" {
		runRole(role)
		return
	}
	goleak.VerifyTestMain(m)
}

// runRole is the main function of a process that a test started.
func runRole(role string) {
	dir := os.Getenv("TOKEN_TEST_DIR")
	switch role {
	case "refresh":
		refreshOnCommand(dir)
	case "login":
		loginOnCommand(dir)
	case "write":
		writeForEver(dir)
	}
}

// skipIfShort skips a slow test in the runs of gremlins.
func skipIfShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("slow")
	}
}

// child is a process of the test binary with a role.
type child struct {
	*exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func startChild(t *testing.T, role, dir string) *child {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "TOKEN_TEST_ROLE="+role, "TOKEN_TEST_DIR="+dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &child{Cmd: cmd, in: in, out: bufio.NewScanner(out)}
}

func (c *child) send(t *testing.T, line string) {
	t.Helper()
	if _, err := fmt.Fprintln(c.in, line); err != nil {
		t.Fatal(err)
	}
}

// said counts the first words of the lines that the processes print in response to one
// line of input, until each has finished its call.
func said(t *testing.T, children []*child, line string) map[string]int {
	t.Helper()
	lines := make(chan map[string]int)
	for _, c := range children {
		c.send(t, line)
		go func() {
			words := map[string]int{}
			for words["rejected"]+words["locked"]+words["failed"] == 0 && c.out.Scan() {
				word, _, _ := strings.Cut(c.out.Text(), " ")
				words[word]++
			}
			lines <- words
		}()
	}
	all := map[string]int{}
	for range children {
		for word, n := range <-lines {
			all[word] += n
		}
	}
	return all
}

// refreshOnCommand asks for a token at each "go" on its input. Its server responds when
// an "answer" comes.
func refreshOnCommand(dir string) {
	in := bufio.NewScanner(os.Stdin)
	commands, answers := make(chan string), make(chan string, 100)
	go func() {
		defer close(commands)
		for in.Scan() {
			if word, round, _ := strings.Cut(in.Text(), " "); word == "answer" {
				answers <- round
			} else {
				commands <- round
			}
		}
	}()
	for round := range commands {
		s := token.NewSource(refreshFunc(func() token.Token {
			fmt.Println("refreshing")
			for range answers {
				break
			}
			return token.Token{
				Access: api.NewSecret(fmt.Sprintf("round-%s-by-%d", round, os.Getpid())), Lifetime: time.Hour,
			}
		}), token.WithStore(token.NewCache(dir), cluster))
		fmt.Println("asking")
		got, err := s.Token(context.Background())
		if err != nil {
			fmt.Println("failed", err)
			return
		}
		fmt.Println("token", got.Access.Reveal())
		s.Close()
	}
}

// refreshFunc is an Authority without credentials.
type refreshFunc func() token.Token

func (refreshFunc) Login(context.Context, token.Rejection) (token.Token, error) {
	return token.Token{}, token.ErrNoCredentials
}

func (f refreshFunc) Refresh(context.Context, token.Token) (token.Token, error) { return f(), nil }

func TestProcessesRefreshOnceAtExpiry(t *testing.T) {
	skipIfShort(t)
	const processes, rounds = 8, 5
	dir := cacheFolder(t)
	lines := make(chan string)
	var children []*child
	for range processes {
		c := startChild(t, "refresh", dir)
		children = append(children, c)
		go func() {
			for c.out.Scan() {
				lines <- c.out.Text()
			}
			lines <- "ended"
		}()
	}
	for round := range rounds {
		put(t, token.NewCache(dir), cluster, "expired", time.Now().Add(-time.Minute))
		for _, c := range children {
			c.send(t, fmt.Sprint("go ", round))
		}
		refreshOnce(t, lines, children, round)
	}
	for _, c := range children {
		_ = c.in.Close()
	}
	for range children {
		if line := <-lines; line != "ended" {
			t.Errorf("a process said %q", line)
		}
	}
	for _, c := range children {
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	}
}

// refreshOnce lets the server respond once all processes have asked for a token and had
// some time to reach the server: only a clock can show that they do not.
func refreshOnce(t *testing.T, lines <-chan string, children []*child, round int) {
	t.Helper()
	asking, refreshing := 0, 0
	got := map[string]int{}
	for total := 0; total < len(children); {
		switch word, rest, _ := strings.Cut(<-lines, " "); word {
		case "asking":
			asking++
		case "refreshing":
			refreshing++
		case "token":
			got[rest]++
			total++
		default:
			t.Fatalf("a process said %s %s", word, rest)
		}
		if asking == len(children) && refreshing > 0 {
			asking = 0
			elapse(50 * time.Millisecond)
			for _, c := range children {
				c.send(t, "answer")
			}
		}
	}
	if refreshing != 1 || len(got) != 1 {
		t.Errorf("round %d: %d refreshes brought %v", round, refreshing, got)
	}
}

// rejectingAuthority rejects every password but "locks", which locks the account.
type rejectingAuthority struct{ password string }

func (a rejectingAuthority) Login(_ context.Context, last token.Rejection) (token.Token, error) {
	if err := last.Check(a.password); err != nil {
		return token.Token{}, err
	}
	fmt.Println("sending", a.password)
	if a.password == "locks" {
		return token.Token{}, &token.LockedOutError{Until: time.Now().Add(time.Hour)}
	}
	return token.Token{}, last.Rejected(a.password, token.ErrBadCredentials)
}

func (rejectingAuthority) Refresh(context.Context, token.Token) (token.Token, error) {
	fmt.Println("refreshing")
	return token.Token{}, token.ErrRefreshRejected
}

// loginOnCommand asks for a token with each password on its input.
func loginOnCommand(dir string) {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		s := token.NewSource(rejectingAuthority{in.Text()}, token.WithStore(token.NewCache(dir), cluster))
		_, err := s.Token(context.Background())
		switch {
		case errors.Is(err, token.ErrBadCredentials):
			fmt.Println("rejected")
		case errors.Is(err, token.ErrLockedOut):
			fmt.Println("locked")
		default:
			fmt.Println("failed", err)
		}
		s.Close()
	}
}

func TestProcessesSendAnOutdatedPasswordOnce(t *testing.T) {
	skipIfShort(t)
	const processes = 8
	for password, want := range map[string]string{
		"outdated": fmt.Sprintf("map[refreshing:1 rejected:%d sending:1]", processes),
		"locks":    fmt.Sprintf("map[locked:%d refreshing:1 sending:1]", processes),
	} {
		t.Run(password, func(t *testing.T) {
			dir := cacheFolder(t)
			put(t, token.NewCache(dir), cluster, "expired", time.Now().Add(-time.Minute))
			var children []*child
			for range processes {
				children = append(children, startChild(t, "login", dir))
			}
			if got := fmt.Sprint(said(t, children, password)); got != want {
				t.Errorf("the processes said %s\nwant %s", got, want)
			}
			if got := said(t, children[:2], password); got["sending"] > 0 {
				t.Errorf("new sources sent it %d times", got["sending"])
			}
			if got := said(t, children[:1], "changed"); password == "outdated" && got["sending"] != 1 {
				t.Errorf("a changed password was not tried: %v", got)
			}
			for _, c := range children {
				_ = c.in.Close()
				if err := c.Wait(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// writeForEver stores one token after the other and prints each.
func writeForEver(dir string) {
	store := token.NewCache(dir)
	for i := 1; ; i++ {
		err := store.Update(context.Background(), cluster, func(token.Token) (token.Token, error) {
			return pair(strconv.Itoa(i)), nil
		})
		if err != nil {
			fmt.Println("failed", err)
			return
		}
		fmt.Println("wrote", i)
	}
}

// pair returns a token that is large, so that writing it takes time, and whose parts show
// whether it is whole.
func pair(name string) token.Token {
	return token.Token{
		Access:  api.NewSecret(name + strings.Repeat("x", 50_000)),
		Refresh: api.NewSecret(name),
	}
}

func TestKilledWriterLeavesAWholeToken(t *testing.T) {
	skipIfShort(t)
	dir := cacheFolder(t)
	store := token.NewCache(dir)
	for range 25 {
		c := startChild(t, "write", dir)
		for writes := rand.IntN(4); writes >= 0 && c.out.Scan(); writes-- {
			if !strings.HasPrefix(c.out.Text(), "wrote") {
				t.Fatal(c.out.Text())
			}
		}
		elapse(time.Duration(rand.IntN(3000)) * time.Microsecond) // somewhere in the next write
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait()
		got, err := store.Load(t.Context(), cluster)
		if err != nil || !got.Access.Equal(pair(got.Refresh.Reveal()).Access) || got.Refresh == (api.Secret{}) {
			t.Fatalf("after a kill: refresh token %q, %d bytes of access token (%v)", got.Refresh.Reveal(), len(got.Access.Reveal()), err)
		}
	}
	put(t, store, cluster, "last", time.Time{}) // the lock ended with its process
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if name := entry.Name(); name != filepath.Base(cacheFile(dir, cluster)) && !strings.HasSuffix(name, ".lock") {
			t.Errorf("%s is left over", name)
		}
	}
}
