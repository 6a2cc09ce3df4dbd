/* The template engine behind a small C interface: everything that Reel asks of the minijinja crate. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of UTF-8, not terminated. */
typedef struct reel_jinja_text {
    const char* data;
    size_t size;
} reel_jinja_text;

enum reel_jinja_kind {
    reel_jinja_none = 0,
    reel_jinja_variable = 1,
    reel_jinja_connection = 2,
    reel_jinja_xcom = 3,
    reel_jinja_staged = 4
};

enum reel_jinja_answer_state {
    reel_jinja_absent = 0,
    reel_jinja_found = 1,
    reel_jinja_broken = 2 /* the look-up itself failed; the caller keeps the reason */
};

/* Of an xcom: no instance of a mapped task in particular. */
enum { reel_jinja_any_index = -2 };

/* Answers one look-up; a found text is handed over with reel_jinja_answer(answer, …). `key` is
   empty and `map_index` is reel_jinja_any_index for all kinds but xcom. */
typedef int32_t (*reel_jinja_find)(
    void* user,
    int32_t kind,
    reel_jinja_text name,
    reel_jinja_text key,
    int32_t map_index,
    void* answer
);
void reel_jinja_answer(void* answer, reel_jinja_text text);

enum reel_jinja_status {
    reel_jinja_done = 0,
    reel_jinja_syntax_error = 1,
    reel_jinja_undefined = 2,
    reel_jinja_lookup_failed = 3,
    reel_jinja_failed = 4
};

/* What came of a call: the text made, or the error's message and line (from 1; 0 is unknown). For
   an undefined value that a look-up did not find, `missing_kind` and `missing_name` say which. Every
   result must be given to reel_jinja_release. */
typedef struct reel_jinja_result {
    int32_t status;
    uint32_t line;
    int32_t missing_kind;
    reel_jinja_text text;
    reel_jinja_text missing_name;
} reel_jinja_result;

typedef struct reel_jinja_session reel_jinja_session;

/* Null where `context` is not a JSON object. The session calls `find` with `user` until it is
   closed, on the thread that renders. */
reel_jinja_session* reel_jinja_open(reel_jinja_text context, void* user, reel_jinja_find find);
void reel_jinja_close(reel_jinja_session* session);

reel_jinja_result reel_jinja_render(
    reel_jinja_session* session, reel_jinja_text name, reel_jinja_text source
);
/* Of an expression without braces; the result's text is JSON. */
reel_jinja_result reel_jinja_evaluate(reel_jinja_session* session, reel_jinja_text expression);
reel_jinja_result reel_jinja_check(reel_jinja_text source);
void reel_jinja_release(reel_jinja_result result);

#ifdef __cplusplus
}
#endif
