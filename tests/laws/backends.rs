//! Law: no backend is skipped in silence.
//!
//! Every law runs on every backend that the CPU has, and says so where it lacks one.
//! A suite that passes because it tested nothing is worse than none, so AVX2 is asked
//! for on x86-64. Continuous integration emulates older CPUs, too; there the variable
//! `LANEFOLD_TEST_LOWER` lifts the demand.

use lanefold::Backend;

/// The backend of that name, or a message that it is left out.
pub(crate) fn named(name: &str) -> Option<Backend> {
    let backend = Backend::from_name(name);
    if let Err(error) = &backend {
        println!("left out: {error}");
    }
    backend.ok()
}

#[test]
fn the_backends_of_this_machine_ran() {
    let ran: Vec<&str> = Backend::available().map(Backend::name).collect();
    println!("backends that ran: {}", ran.join(", "));
    assert!(ran.contains(&"scalar"));
    let lower = std::env::var_os("LANEFOLD_TEST_LOWER").is_some();
    if cfg!(target_arch = "x86_64") && !lower {
        assert!(ran.contains(&"sse"), "SSE was not tested");
        assert!(ran.contains(&"avx2"), "AVX2 was not tested");
    }
}
