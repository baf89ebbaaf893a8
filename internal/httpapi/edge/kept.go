package edge

import (
	"bytes"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
)

// mostKeptBytes bounds the encoded responses that a process keeps.
const mostKeptBytes = 16 << 20

// Mark identifies what a response is made from: a comparable value that is another whenever the
// response would be. Nil says that the response changes without a change of what is stored.
type Mark any

// Kept lets the encoded response of an operation stand for a repeated request, under the user, the path and
// the mark. mark reads the mark from the database on every call. The response must depend on nothing else:
// not on other claims of the token, the query or the time.
func Kept(mark func(huma.Context) (Mark, error)) Option {
	return func(op *huma.Operation) { op.Metadata[kept] = mark }
}

// keep responds with the kept response, or keeps the new one.
func (e *Edge) keep(ctx huma.Context, next func(huma.Context)) {
	read, _ := ctx.Operation().Metadata[kept].(func(huma.Context) (Mark, error))
	mark, err := read(ctx)
	if err != nil || mark == nil { // the handler says what is wrong
		next(ctx)
		return
	}
	c := humafiber.Unwrap(ctx)
	key, sent := keptKey{UserID(ctx.Context()), c.Path()}, c.Get(fiber.HeaderIfNoneMatch)
	response, ok := e.responses.get(key, mark)
	if !ok {
		c.Request().Header.Del(fiber.HeaderIfNoneMatch) // the response is kept even where 304 is sent
		next(ctx)
		if c.Response().StatusCode() != http.StatusOK || exchangeOf(c).problem != nil {
			return
		}
		response = keptResponse{
			mark: mark, tag: string(c.Response().Header.Peek(fiber.HeaderETag)),
			contentType: string(c.Response().Header.ContentType()), body: bytes.Clone(c.Response().Body()),
		}
		e.responses.put(key, response)
	}
	response.send(c, Matches(sent, response.tag))
}

// keptKey is whose response it is, and to which request.
type keptKey struct{ user, path string }

// keptResponse is a response of 200.
type keptResponse struct {
	mark             Mark
	tag, contentType string
	body             []byte
}

// send responds with 304 if the client has the response.
func (r keptResponse) send(c *fiber.Ctx, unchanged bool) {
	c.Set(fiber.HeaderETag, r.tag)
	if unchanged {
		c.Response().ResetBody()
		c.Status(http.StatusNotModified)
		return
	}
	c.Response().Header.SetContentType(r.contentType)
	c.Response().SetBodyRaw(r.body)
	c.Status(http.StatusOK)
}

// keptResponses keep those that were used last.
type keptResponses struct {
	mu sync.Mutex
	// now has the responses that were used since it was made, before those of the time before that.
	now, before map[keptKey]keptResponse
	bytes       int // of now
}

// get returns the response that was made under a mark.
func (k *keptResponses) get(key keptKey, mark Mark) (keptResponse, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	found, ok := k.now[key]
	if !ok {
		if found, ok = k.before[key]; ok {
			k.add(key, found)
		}
	}
	return found, ok && found.mark == mark
}

// put keeps a response in the place of the former one.
func (k *keptResponses) put(key keptKey, response keptResponse) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.add(key, response)
}

// keptOverhead is about what an entry takes beside the body.
const keptOverhead = 500

func (k *keptResponses) add(key keptKey, response keptResponse) {
	size := len(response.body) + keptOverhead
	if size > mostKeptBytes/4 {
		return
	}
	if former, ok := k.now[key]; ok {
		k.bytes -= len(former.body) + keptOverhead
	}
	if k.now == nil || k.bytes+size > mostKeptBytes/2 {
		k.now, k.before, k.bytes = map[keptKey]keptResponse{}, k.now, 0
	}
	k.now[key], k.bytes = response, k.bytes+size
}
