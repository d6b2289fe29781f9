mod asking;
mod bringing;
mod chips;
mod counted;
mod following;
mod place;
mod signing;
mod taint;
