//! Lists of a tree, most of which hold one item.

use std::ops::Deref;

/// A list that needs no memory of its own where it holds just one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Few<T> {
    One([T; 1]),
    /// None, or several.
    Many(Box<[T]>),
}

impl<T> Few<T> {
    pub fn into_vec(self) -> Vec<T> {
        match self {
            Self::One(one) => one.into(),
            Self::Many(many) => many.into(),
        }
    }

    /// What `stack` holds from its item `first` on, taken off it.
    pub(super) fn take(stack: &mut Vec<T>, first: usize) -> Self {
        if stack.len() == first + 1
            && let Some(only) = stack.pop()
        {
            return Self::One([only]);
        }
        Self::Many(take(stack, first))
    }
}

/// More items than these are handed over in the memory they are in rather than copied.
const LARGE: usize = 1024;

/// What `stack` holds from its item `first` on, taken off it, in memory of the exact size: there are many lists.
pub(super) fn take<T>(stack: &mut Vec<T>, first: usize) -> Box<[T]> {
    if stack.len() == first {
        return [].into();
    }
    if first == 0 && stack.len() > LARGE {
        return std::mem::take(stack).into();
    }
    stack.drain(first..).collect()
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::One(one) => one,
            Self::Many(many) => many,
        }
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self::Many([].into())
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(mut items: Vec<T>) -> Self {
        Self::take(&mut items, 0)
    }
}

impl<'a, T> IntoIterator for &'a Few<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
