//! From a single stage to several: detect, plan, emit; one folder a recipe.
