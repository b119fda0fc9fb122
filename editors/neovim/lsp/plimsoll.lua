---@brief
---
--- Plimsoll, a language server for Dockerfiles.
---
--- Put this folder on 'runtimepath' (or copy this file to `lsp/` in your configuration) and write
---
---     vim.lsp.enable('plimsoll')

-- What is read or written beside the Dockerfile. A buffer of one of these is shown to the
-- server too, so that it works with the text on the screen rather than with an older one on disk.
local companions = {
  'package.json',
  'next.config.js',
  'next.config.mjs',
  'next.config.ts',
  '.dockerignore',
  '*.dockerignore',
  'compose.yaml',
  'compose.yml',
  'compose.override.yaml',
  'compose.override.yml',
  'docker-compose.yaml',
  'docker-compose.yml',
  'docker-compose.override.yaml',
  'docker-compose.override.yml',
  'docker-bake.hcl',
  'docker-bake.json',
  'docker-bake.override.hcl',
  'docker-bake.override.json',
}

---@param client vim.lsp.Client
local function attach_companions(client)
  local patterns = vim.tbl_map(vim.glob.to_lpeg, companions)
  local function attach(bufnr)
    local path = vim.api.nvim_buf_get_name(bufnr)
    local root = client.root_dir
    if vim.bo[bufnr].buftype ~= '' or path == '' or (root and not vim.fs.relpath(root, path)) then
      return
    end
    local name = vim.fs.basename(path)
    for _, pattern in ipairs(patterns) do
      if pattern:match(name) then
        vim.lsp.buf_attach_client(bufnr, client.id)
        return
      end
    end
  end

  local group = vim.api.nvim_create_augroup('plimsoll.companions.' .. client.id, {})
  vim.api.nvim_create_autocmd({ 'BufReadPost', 'BufNewFile' }, {
    group = group,
    pattern = companions,
    callback = function(event)
      if client:is_stopped() then
        vim.api.nvim_del_augroup_by_id(group)
        return
      end
      -- After the file's type is known, which the server is told.
      vim.schedule(function()
        if vim.api.nvim_buf_is_loaded(event.buf) then
          attach(event.buf)
        end
      end)
    end,
  })
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(bufnr) then
      attach(bufnr)
    end
  end
end

---Shows the picture that the server draws of a Dockerfile in the browser.
---@param client vim.lsp.Client
---@param uri string
local function show_picture(client, uri)
  local params = { command = 'plimsoll.showPicture', arguments = { uri } }
  client:request('workspace/executeCommand', params, function(err, picture)
    if err or not picture then
      vim.notify('plimsoll: ' .. (err and err.message or 'there is nothing to draw'), vim.log.levels.ERROR)
      return
    end
    local path = vim.fn.tempname() .. '.html'
    local file, why = io.open(path, 'wb')
    if not file then
      vim.notify('plimsoll: the picture cannot be written: ' .. why, vim.log.levels.ERROR)
      return
    end
    file:write(picture.html)
    file:close()
    vim.ui.open(path)
  end)
end

---@type vim.lsp.Config
return {
  cmd = { 'plimsoll', 'lsp' },
  filetypes = { 'dockerfile' },
  -- The repository first: the lockfile of a workspace stands above the app that the Dockerfile builds.
  root_markers = {
    '.git',
    { 'docker-bake.hcl', 'compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml' },
    'package.json',
  },
  on_init = attach_companions,
  on_attach = function(client, bufnr)
    vim.api.nvim_buf_create_user_command(bufnr, 'PlimsollPicture', function()
      show_picture(client, vim.uri_from_bufnr(bufnr))
    end, { desc = 'Show the layers of this Dockerfile as a picture' })
  end,
  commands = {
    -- What a code lens leads to.
    ['plimsoll.showPicture'] = function(command, context)
      local client = assert(vim.lsp.get_client_by_id(context.client_id))
      show_picture(client, command.arguments[1])
    end,
  },
  capabilities = { experimental = { plimsollShowsPictures = true } },
}
