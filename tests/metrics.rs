//! Runs the example program `metrics` and looks at what it prints.
//!
//! `cargo test` builds the examples before it runs the tests; `cargo test --test
//! metrics` does not, and then fails with a hint if there is none.
#![cfg(feature = "std")]

#[path = "metrics/choices.rs"]
mod choices;
#[path = "metrics/input.rs"]
mod input;
#[path = "metrics/output.rs"]
mod output;
#[path = "metrics/process.rs"]
mod process;
#[path = "metrics/run.rs"]
mod run;

const CSV_HEADER: &str = "series,field,count,sum,mean,stddev,min,p50,p99,max\r\n";

/// Tags in both orders, all five types, a comment and a blank line.
const SMALL: &str = r#"# three points of a series, one of another
m,b=2,a=1 x=1,y=10i,s="q, r=1 t" 1000000000
m,a=1,b=2 x=2,y=30u,ok=true 2000000000

m,a=1,b=2 y=50,x=3,s=f 3000000000
a v=-7.5e2
"#;
